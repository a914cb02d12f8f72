//! Content on the wire, as a version has it: what it cannot carry is said in words.

use crate::answer::Role;
use crate::content::{Annotations, Content, Icon, ResourceContents, ResourceLink, Theme};
use crate::respond::join;
use crate::version::Version;
use crate::wire::{Object, quote};

/// `TextContent`.
pub(crate) fn text(out: &mut String, text: &str) {
    open_text(out, text);
    out.push('}');
}

/// `ContentBlock`.
pub(crate) fn content(out: &mut String, version: Version, one: &Content) {
    open(out, version, one);
    out.push('}');
}

/// `TextResourceContents` or `BlobResourceContents`.
pub(crate) fn resource_contents(
    out: &mut String,
    version: Version,
    contents: &ResourceContents,
    default: Option<&str>,
) {
    open_contents(out, version, contents, default);
    out.push('}');
}

/// A block without its closing brace: notes come after the rest.
fn open(out: &mut String, version: Version, one: &Content) {
    match one {
        Content::Text { text } => open_text(out, text),
        Content::Image { data, mime } => open_media(out, "image", data, mime),
        Content::Audio { data, mime } if version.has_audio() => {
            open_media(out, "audio", data, mime);
        }
        Content::Audio { mime, .. } => {
            let words = ", which this protocol version cannot carry)";
            open_text(out, &["(audio of type ", mime, words].concat());
        }
        Content::ResourceLink(link) if version.has_resource_links() => {
            open_link(out, version, link);
        }
        Content::ResourceLink(link) => open_text(out, &[&link.name, ": ", &link.uri].concat()),
        Content::Resource(contents) => {
            out.push_str("{\"type\":\"resource\",\"resource\":");
            resource_contents(out, version, contents, None);
        }
        Content::Annotated(noted) => {
            open(out, version, &noted.content);
            annotations(out, version, &noted.annotations);
            if let Some(json) = &noted.meta {
                meta(out, version, json);
            }
        }
    }
}

fn open_text(out: &mut String, text: &str) {
    out.push_str("{\"type\":\"text\",\"text\":");
    quote(out, text);
}

fn open_media(out: &mut String, kind: &str, data: &str, mime: &str) {
    out.push_str("{\"type\":");
    quote(out, kind);
    member(out, "data", Some(data));
    member(out, "mimeType", Some(mime));
}

fn open_link(out: &mut String, version: Version, link: &ResourceLink) {
    out.push_str("{\"type\":\"resource_link\"");
    member(out, "uri", Some(&link.uri));
    member(out, "name", Some(&link.name));
    member(out, "title", link.title.as_deref());
    member(out, "description", link.description.as_deref());
    member(out, "mimeType", link.mime.as_deref());
    if let Some(size) = link.size {
        out.push_str(",\"size\":");
        out.push_str(&size.to_string());
    }
    if version.has_icons() && !link.icons.is_empty() {
        out.push_str(",\"icons\":[");
        join(out, &link.icons, icon);
        out.push(']');
    }
}

fn icon(out: &mut String, icon: &Icon) {
    out.push_str("{\"src\":");
    quote(out, &icon.src);
    member(out, "mimeType", icon.mime.as_deref());
    if !icon.sizes.is_empty() {
        out.push_str(",\"sizes\":[");
        join(out, &icon.sizes, |out, size| quote(out, size));
        out.push(']');
    }
    let theme = icon.theme.map(|theme| match theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
    });
    member(out, "theme", theme);
    out.push('}');
}

fn open_contents(
    out: &mut String,
    version: Version,
    contents: &ResourceContents,
    default: Option<&str>,
) {
    let (uri, mime, name, value) = match contents {
        ResourceContents::Text { uri, mime, text } => (uri, mime, "text", text),
        ResourceContents::Blob { uri, mime, blob } => (uri, mime, "blob", blob),
        ResourceContents::Noted {
            contents,
            meta: noted,
        } => {
            open_contents(out, version, contents, default);
            meta(out, version, noted);
            return;
        }
    };
    out.push_str("{\"uri\":");
    quote(out, uri);
    member(out, "mimeType", mime.as_deref().or(default));
    member(out, name, Some(value));
}

/// `,"annotations":{…}`, if this version has any of them.
fn annotations(out: &mut String, version: Version, it: &Annotations) {
    let mut inner = String::new();
    if !it.audience.is_empty() {
        inner.push_str(",\"audience\":[");
        join(&mut inner, &it.audience, |out, role| {
            out.push_str(match role {
                Role::User => "\"user\"",
                Role::Assistant => "\"assistant\"",
            });
        });
        inner.push(']');
    }
    // JSON has no infinities, and the specification nothing beyond 0 and 1.
    if let Some(priority) = it.priority.filter(|priority| priority.is_finite())
        && let Ok(number) = serde_json::to_string(&priority.clamp(0.0, 1.0))
    {
        inner.push_str(",\"priority\":");
        inner.push_str(&number);
    }
    if version.has_last_modified() {
        member(&mut inner, "lastModified", it.last_modified.as_deref());
    }
    if let Some(inner) = inner.strip_prefix(',') {
        out.push_str(",\"annotations\":{");
        out.push_str(inner);
        out.push('}');
    }
}

/// `,"_meta":{…}`, where this version has it and it is an object.
fn meta(out: &mut String, version: Version, json: &str) {
    if version.has_titles() && serde_json::from_str::<Object<'_>>(json).is_ok() {
        out.push_str(",\"_meta\":");
        out.push_str(json.trim());
    }
}

fn member(out: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        quote(out, value);
    }
}

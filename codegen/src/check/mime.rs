//! Media types.

use super::Cx;
use crate::diag::{Address, Code};
use crate::model::ResourceBody;
use crate::read::raw::RawResource;

fn is_media_type(mime: &str) -> bool {
    let token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let essence = mime.split(';').next().unwrap_or_default().trim_end();
    essence
        .split_once('/')
        .is_some_and(|(ty, subtype)| token(ty) && token(subtype))
        && mime.bytes().all(|b| (b' '..0x7f).contains(&b))
}

/// Whether it is the media type of an image.
pub(super) fn is_image(mime: &str) -> bool {
    is_media_type(mime) && mime.starts_with("image/")
}

/// A media type is `type/subtype`, RFC 6838, with parameters or without.
pub(super) fn check_mime(
    cx: &mut Cx<'_>,
    at: &Address,
    raw: &RawResource,
    body: &ResourceBody,
) -> Option<String> {
    let Some(mime) = &raw.mime else {
        return usual_mime(cx, raw, body);
    };
    if !is_media_type(mime) {
        cx.report(Code::BadMime, at, format!("`{mime}` is not a media type"))
            .help("mime = \"text/markdown\"");
    }
    Some(mime.clone())
}

/// The media type of a body whose declaration says none.
fn usual_mime(cx: &Cx<'_>, raw: &RawResource, body: &ResourceBody) -> Option<String> {
    let mime = match body {
        ResourceBody::Handler => return None,
        ResourceBody::Query(_) => "application/json",
        ResourceBody::Field(field) => {
            let fields = cx
                .raw
                .state
                .iter()
                .flat_map(|state| state.fields.iter().flatten());
            let ty = fields
                .into_iter()
                .find(|(name, _)| *name == field)
                .and_then(|(_, raw)| raw.0.ty.as_deref());
            if ty == Some("string") {
                "text/plain"
            } else {
                "application/json"
            }
        }
        ResourceBody::Text(_) | ResourceBody::Blob(_) => {
            let extension = raw
                .file
                .as_deref()
                .and_then(|path| path.rsplit_once('.'))
                .map(|(_, e)| e.to_ascii_lowercase());
            let known = MIME
                .iter()
                .find(|(known, _)| Some(*known) == extension.as_deref())
                .map(|(_, mime)| *mime);
            let other = if matches!(body, ResourceBody::Blob(_)) {
                "application/octet-stream"
            } else {
                "text/plain"
            };
            known.unwrap_or(other)
        }
    };
    Some(mime.to_owned())
}

const MIME: [(&str, &str); 19] = [
    ("md", "text/markdown"),
    ("markdown", "text/markdown"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("json", "application/json"),
    ("js", "text/javascript"),
    ("mjs", "text/javascript"),
    ("xml", "application/xml"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("toml", "application/toml"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("webp", "image/webp"),
    ("pdf", "application/pdf"),
];

//! Icons of the server and of its items.

use super::{Cx, mime, uri};
use crate::diag::{Address, Code};
use crate::model::Icon;
use crate::read::raw::RawIcon;

pub(super) fn check_icons(cx: &mut Cx<'_>, at: &Address, raw: Option<&Vec<RawIcon>>) -> Vec<Icon> {
    let icons = raw.into_iter().flatten().enumerate();
    icons
        .map(|(index, raw)| check_icon(cx, &at.index(index), raw))
        .collect()
}

fn check_icon(cx: &mut Cx<'_>, at: &Address, raw: &RawIcon) -> Icon {
    let sizes = raw.sizes.clone().unwrap_or_default();
    for (index, size) in sizes.iter().enumerate() {
        check_size(cx, &at.key("sizes").index(index), size);
    }
    Icon {
        src: check_src(cx, &at.key("src"), raw.src.as_deref()),
        mime: check_mime(cx, &at.key("mime"), raw.mime.as_deref()),
        sizes,
        theme: check_theme(cx, &at.key("theme"), raw.theme.as_deref()),
    }
}

/// Clients fetch an icon from wherever a server says, so that they take `https:` and `data:` alone.
fn check_src(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> String {
    let Some(src) = raw else {
        cx.report(Code::MissingKey, at, "an icon has no `src`")
            .help("src = \"https://example.com/icon.png\"");
        return String::new();
    };
    let (legal, help) = match src.split_once(':') {
        Some(("https", rest)) => {
            let host = rest.strip_prefix("//").unwrap_or_default();
            let legal = !host.is_empty() && !host.starts_with('/') && uri::characters(src).is_ok();
            (legal, "src = \"https://example.com/icon.png\"".to_owned())
        }
        Some(("http", rest)) => (false, format!("src = \"https:{rest}\"")),
        Some(("data", rest)) => {
            let image = rest
                .split_once(";base64,")
                .is_some_and(|(ty, data)| mime::is_image(ty) && is_base64(data));
            (
                image,
                "src = \"data:image/png;base64,iVBORw0KGgo=\"".to_owned(),
            )
        }
        _ => (
            false,
            "where clients find it: `src = \"https://example.com/icon.png\"`".to_owned(),
        ),
    };
    if !legal {
        // An image in the declaration is more than a line can show.
        let shown = match src.char_indices().nth(60) {
            Some((end, _)) => format!("{}…", &src[..end]),
            None => src.to_owned(),
        };
        cx.report(
            Code::BadIcon,
            at,
            format!("`{shown}` is not a source of an icon"),
        )
        .label("an `https://` URL, or a `data:` URI of an image in base64")
        .help(help);
    }
    src.to_owned()
}

/// RFC 4648 section 4, with its padding.
fn is_base64(text: &str) -> bool {
    let data = text.trim_end_matches('=');
    !data.is_empty()
        && text.len() - data.len() <= 2
        && text.len().is_multiple_of(4)
        && data
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

/// An icon is an image.
fn check_mime(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> Option<String> {
    let mime = raw?;
    if !mime::is_image(mime) {
        cx.report(
            Code::BadMime,
            at,
            format!("`{mime}` is not a media type of an image"),
        )
        .help("mime = \"image/png\"");
    }
    Some(mime.to_owned())
}

/// `48x48`, or `any` for what scales.
fn check_size(cx: &mut Cx<'_>, at: &Address, size: &str) {
    let is_length = |text: &str| {
        text.starts_with(|c: char| ('1'..='9').contains(&c))
            && text.bytes().all(|b| b.is_ascii_digit())
    };
    let legal = size == "any"
        || size
            .split_once('x')
            .is_some_and(|(width, height)| is_length(width) && is_length(height));
    if !legal {
        let help = if is_length(size) {
            format!("\"{size}x{size}\"")
        } else {
            "width and height as in `\"48x48\"`, or `\"any\"`".to_owned()
        };
        cx.report(
            Code::BadIcon,
            at,
            format!("`{size}` is not a size of an icon"),
        )
        .help(help);
    }
}

/// The background that an icon is made for.
fn check_theme(cx: &mut Cx<'_>, at: &Address, raw: Option<&str>) -> Option<String> {
    let theme = raw?;
    if !["light", "dark"].contains(&theme) {
        cx.report(Code::UnknownWord, at, format!("unknown theme `{theme}`"))
            .help("`light` or `dark`; leave it out for both");
    }
    Some(theme.to_owned())
}

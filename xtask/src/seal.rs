//! A released page gets a content security policy, written into dist/index.html.
//!
//! The browser then keeps the promise that the page loads and sends nothing beyond its own files, and that
//! no text that comes in can become a script.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// `style-src` names no file because the styles are in the page, and marks set their colours by attribute.
/// The one frame is the lab itself, where a view shows how it looks in another page.
pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
                      worker-src 'self'; frame-src 'self'; \
                      style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// Seals the page in `folder`.
pub fn seal(folder: &Path) -> Result<(), Failure> {
    let file = folder.join("index.html");
    fs::write(&file, with_policy(&fs::read_to_string(&file)?)?)?;
    Ok(())
}

/// The page with its policy.
fn with_policy(html: &str) -> Result<String, Failure> {
    let policy = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
    after_charset(html, &policy)
}

/// Right after the charset, however the page is minified: a policy governs only what comes after it.
pub fn after_charset(html: &str, text: &str) -> Result<String, Failure> {
    let missing = || Failure::new("index.html has no <meta charset>");
    let charset = html.find("<meta charset").ok_or_else(missing)?;
    let (_, rest) = html.split_at(charset);
    let end = rest.find('>').ok_or_else(missing)?;
    let (before, after) = html.split_at(charset + end + 1);
    Ok([before, text, after].concat())
}

#[cfg(test)]
mod tests {
    use super::{POLICY, with_policy};

    #[test]
    fn the_policy_comes_before_anything_it_governs() {
        let sealed =
            with_policy("<head><meta charset=\"utf-8\"><script src=\"./start.js\"></script>")
                .unwrap();
        assert!(sealed.find("Content-Security-Policy") < sealed.find("<script"));
    }

    #[test]
    fn a_minified_page_gets_it_too() {
        let sealed = with_policy("<head><meta charset=utf-8><script src=./start.js></script>");
        assert!(
            sealed
                .unwrap()
                .starts_with("<head><meta charset=utf-8><meta http-equiv")
        );
    }

    #[test]
    fn a_page_without_a_charset_is_refused() {
        assert!(with_policy("<head>").is_err());
    }

    #[test]
    fn a_host_is_told_the_same() {
        let notes = include_str!("../../docs/hosting.md");
        let words: Vec<&str> = notes.split_whitespace().collect();
        assert!(words.join(" ").contains(POLICY));
    }
}

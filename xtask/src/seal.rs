//! The last step of a released page: a content security policy, written into dist/index.html.
//!
//! The browser then keeps the promise that the page loads and sends nothing beyond its own files, and that
//! no text that comes in can become a script. Trunk calls this after every build, see Trunk.toml.

use std::env;
use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// `style-src` names no file because the styles are in the page, and marks set their colours by attribute.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
                      style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

pub fn seal() -> Result<(), Failure> {
    let (Ok(profile), Ok(staging)) = (env::var("TRUNK_PROFILE"), env::var("TRUNK_STAGING_DIR"))
    else {
        return Err(Failure::new(
            "`seal` is a step of `trunk build`, not a command of its own",
        ));
    };
    if profile != "release" {
        return Ok(());
    }
    let file = Path::new(&staging).join("index.html");
    fs::write(&file, with_policy(&fs::read_to_string(&file)?)?)?;
    Ok(())
}

/// Right after the charset, however the page is minified: a policy governs only what comes after it.
fn with_policy(html: &str) -> Result<String, Failure> {
    let missing = || Failure::new("index.html has no <meta charset>");
    let charset = html.find("<meta charset").ok_or_else(missing)?;
    let (_, rest) = html.split_at(charset);
    let end = rest.find('>').ok_or_else(missing)?;
    let (before, after) = html.split_at(charset + end + 1);
    Ok(format!(
        "{before}<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">{after}"
    ))
}

#[cfg(test)]
mod tests {
    use super::with_policy;

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
}

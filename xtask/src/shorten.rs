//! A released script without what is there for whoever reads its source: Trunk cannot shorten what a later step writes.

use std::fs;
use std::path::Path;

use crate::failure::Failure;

/// The scripts of the page that nothing else shortens.
const SCRIPTS: [&str; 2] = ["loss-lab-app.js", "start.js"];

/// Shortens the scripts of the page in `folder`.
pub fn shorten(folder: &Path) -> Result<(), Failure> {
    for name in SCRIPTS {
        let script = folder.join(name);
        let source = fs::read_to_string(&script)?;
        fs::write(&script, without_margins(&source))?;
    }
    Ok(())
}

/// `source` without indentation, empty lines and lines of comment. The line breaks stay: they end statements. A source in which a
/// string may go over several lines stays as it is.
fn without_margins(source: &str) -> String {
    if source
        .lines()
        .any(|line| line.matches('`').count() % 2 == 1)
    {
        return source.to_owned();
    }
    let lines: Vec<&str> = source
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::without_margins;

    #[test]
    fn margins_and_lines_of_comment_go() {
        let source = "// Why.\nfunction f() {\n    // so\n\n    return `//${1}`; // here\n}\n";
        assert_eq!(
            without_margins(source),
            "function f() {\nreturn `//${1}`; // here\n}\n"
        );
    }

    #[test]
    fn a_string_over_several_lines_keeps_its_own() {
        let source = "let a = `\n  // kept\n`;\n";
        assert_eq!(without_margins(source), source);
    }
}

//! The page in two wasm files: what the first picture and the first *Send* need, and the rest, fetched once the page stands.
//!
//! Trunk knows nothing of it. The program as cargo linked it, with names and relocations, is cut in
//! two by wasm-split (src/later.rs says where); wasm-bindgen then makes the first part and its glue again. The glue and the few
//! lines that fetch the second part become one file: a request less.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::prune::{prune, unnamed};
use crate::run::{command, root, succeed};

const APP: &str = "loss-lab-app";
/// What wasm-split calls the lines that fetch the second part.
const LINK: &str = "__wasm_split.js";

/// Cuts the page that was built into `staging`.
pub fn split(profile: &str, staging: &Path) -> Result<(), Failure> {
    let linked = linked(profile);
    let parts = linked.with_file_name("loss-lab-app-parts");
    // What an earlier build left could be taken for a part of this one.
    let _ = fs::remove_dir_all(&parts);
    succeed(
        command("wasm-split-cli")
            .args([&linked, &parts])
            .args(["--out-name", APP]),
    )?;
    succeed(
        command("wasm-bindgen")
            .arg(parts.join(APP).with_extension("wasm"))
            .args(["--target=web", "--no-typescript", "--keep-lld-exports"])
            .args(["--out-name", APP, "--out-dir"])
            .arg(staging),
    )?;
    let later = fs::read(parts.join("split_later.wasm"))?;
    let later = if profile == "release" {
        unnamed(&later)?
    } else {
        later
    };
    fs::write(staging.join("loss-lab-app_later.wasm"), later)?;
    let glue = staging.join(APP).with_extension("js");
    let link = fs::read_to_string(parts.join(LINK))?;
    fs::write(&glue, joined(&fs::read_to_string(&glue)?, &link)?)?;
    if profile == "release" {
        prune(staging, APP)?;
    }
    Ok(())
}

/// The program as cargo linked it.
fn linked(profile: &str) -> PathBuf {
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = if profile == "release" {
        "wasm-release"
    } else {
        "debug"
    };
    target
        .join("wasm32-unknown-unknown")
        .join(folder)
        .join(APP)
        .with_extension("wasm")
}

/// The glue with the lines that it imports from `LINK` in place of the import.
fn joined(glue: &str, link: &str) -> Result<String, Failure> {
    let unknown = || {
        Failure::new(format!(
            "the glue of wasm-bindgen imports {LINK} in another way than is known here"
        ))
    };
    let import = glue
        .lines()
        .find(|line| line.starts_with("import ") && line.contains(LINK))
        .ok_or_else(unknown)?;
    let name = import
        .strip_prefix("import * as ")
        .and_then(|rest| rest.split_whitespace().next())
        .ok_or_else(unknown)?;
    // The lines import the glue in turn, for a function that is now beside them.
    let mut own = String::new();
    let mut exported = Vec::new();
    for line in link.lines().filter(|line| !line.starts_with("import ")) {
        let line = match line.strip_prefix("export const ") {
            Some(rest) => {
                exported.extend(rest.split_whitespace().next());
                format!("const {rest}")
            }
            None => line.to_owned(),
        };
        own.push_str(&line);
        own.push('\n');
    }
    let own = own.replace("./split_later.wasm", "./loss-lab-app_later.wasm");
    let own = format!("{own}const {name} = {{ {} }};\n", exported.join(", "));
    Ok(glue.replacen(import, &own, 1))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn glue_and_link_become_one_file() {
        let link = "import { initSync } from \"./loss-lab-app.js\";\nfunction wrap() {}\n\
                    export const __wasm_split_load_later = wrap(\"./split_later.wasm\");\n";
        let glue = "import * as import1 from \"./__wasm_split.js\"\nuse(import1);\n";
        assert_eq!(
            joined(glue, link).unwrap(),
            "function wrap() {}\nconst __wasm_split_load_later = wrap(\"./loss-lab-app_later.wasm\");\n\
             const import1 = { __wasm_split_load_later };\n\nuse(import1);\n"
        );
    }

    #[test]
    fn glue_without_the_import_is_refused() {
        assert!(joined("let a;", "").is_err());
    }
}

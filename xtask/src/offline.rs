//! A released page works without a network after the first visit: its service worker (assets/sw.js) is told which files there are.
//!
//! Each file goes in by its SHA-256, and a version is the SHA-256 of them all. So what the worker keeps is one build, whole.

use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::seal::after_charset;

const WORKER: &str = "sw.js";
/// How the page names its worker to assets/start.js.
pub const LINK: &str = "<link rel=\"serviceworker\" href=\"sw.js\">";

/// Fills in the worker of the page in `folder`. It has to be the last step: every other file is hashed.
pub fn keep(folder: &Path) -> Result<(), Failure> {
    let page = folder.join("index.html");
    fs::write(&page, after_charset(&fs::read_to_string(&page)?, LINK)?)?;
    let mut files = Vec::new();
    collect(folder, "", &mut files)?;
    files.sort();
    let listed = files
        .iter()
        .map(|(path, hash)| format!("{path:?}: {hash:?}"));
    let listed = listed.collect::<Vec<_>>().join(", ");
    let version = hex(listed.as_bytes());
    let worker = folder.join(WORKER);
    fs::write(
        &worker,
        filled(&fs::read_to_string(&worker)?, &listed, &version)?,
    )?;
    Ok(())
}

/// Every file below `folder` but the worker, by its path from there; the page itself by the path it is visited by.
fn collect(folder: &Path, under: &str, files: &mut Vec<(String, String)>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = [under, &entry.file_name().to_string_lossy()].concat();
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &[&path, "/"].concat(), files)?;
        } else if path != WORKER {
            let hash = hex(&fs::read(entry.path())?);
            if path == "index.html" {
                files.push(("./".to_owned(), hash.clone()));
            }
            files.push((path, hash));
        }
    }
    Ok(())
}

fn filled(worker: &str, files: &str, version: &str) -> Result<String, Failure> {
    let (empty_files, empty_version) = ("const FILES = {};", "const VERSION = \"\";");
    if !worker.contains(empty_files) || !worker.contains(empty_version) {
        return Err(Failure::new(
            "assets/sw.js has no empty FILES and VERSION to fill in",
        ));
    }
    Ok(worker
        .replacen(empty_files, &format!("const FILES = {{ {files} }};"), 1)
        .replacen(empty_version, &format!("const VERSION = \"{version}\";"), 1))
}

fn hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{filled, hex};

    #[test]
    fn the_worker_that_ships_can_be_filled_in() {
        let worker = include_str!("../../assets/sw.js");
        let filled = filled(worker, "\"./\": \"00\"", "11").unwrap();
        assert!(filled.contains("const FILES = { \"./\": \"00\" };"));
        assert!(filled.contains("const VERSION = \"11\";"));
    }

    #[test]
    fn a_worker_without_places_is_refused() {
        assert!(filled("", "", "").is_err());
    }

    #[test]
    fn hashes_are_those_of_the_browser() {
        assert_eq!(
            hex(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}

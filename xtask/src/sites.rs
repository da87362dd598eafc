//! The small real sites of examples/, built with the real tools into target/sites. They lie below a path, as most documentation
//! does, with a copy of the lab in them.

use std::fs;
use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};

use crate::failure::Failure;
use crate::run::{command, root, say, succeed};
use crate::setup;

/// Where each lies on its host: its tool has been told so in examples/.
const PATH: &str = "handbook";

/// A site, by its folder in examples/.
struct Site {
    name: &'static str,
    /// Brings the tool.
    install: fn() -> Result<(), Failure>,
    /// Builds what is in the first folder into the second.
    build: fn(&Path, &Path) -> Command,
}

const SITES: [Site; 4] = [
    Site {
        name: "mdbook",
        install: setup::mdbook,
        build: |from, to| {
            let mut mdbook = command("mdbook");
            mdbook.arg("build").arg(from).arg("--dest-dir").arg(to);
            mdbook
        },
    },
    Site {
        name: "vitepress",
        install: || setup::npm("examples/vitepress"),
        build: |from, to| {
            let mut node = node(from, "vitepress/bin/vitepress.js");
            node.arg("build").arg("--outDir").arg(to);
            node
        },
    },
    Site {
        name: "docusaurus",
        install: || setup::npm("examples/docusaurus"),
        build: |from, to| {
            let mut node = node(from, "@docusaurus/core/bin/docusaurus.mjs");
            node.arg("build").arg("--out-dir").arg(to);
            // It would ask whether there is a later one.
            node.env("NO_UPDATE_NOTIFIER", "1");
            node
        },
    },
    Site {
        name: "reveal",
        install: || setup::npm("examples/reveal"),
        build: |from, to| {
            let mut node = command("node");
            node.arg(from.join("build.mjs")).arg(to);
            node
        },
    },
];

/// A tool from the packages of the site itself.
fn node(from: &Path, script: &str) -> Command {
    let mut node = command("node");
    node.arg(from.join("node_modules").join(script));
    node.current_dir(from);
    node
}

/// All of them, those anew that have changed, with the lab of target/dist.
pub fn sites() -> Result<(), Failure> {
    for site in &SITES {
        let from = root().join("examples").join(site.name);
        let to = root().join("target/sites").join(site.name);
        let stamp = to.join(".built-from");
        let source = digest(&from)?;
        if fs::read_to_string(&stamp).is_ok_and(|built| built == source) {
            say(&format!("the site of examples/{} is as it was", site.name));
        } else {
            (site.install)()?;
            say(&format!("building the site of examples/{}", site.name));
            let _ = fs::remove_dir_all(&to);
            succeed(&mut (site.build)(&from, &to.join(PATH)))?;
            fs::write(stamp, source)?;
        }
        let lab = to.join(PATH).join("loss-lab");
        let _ = fs::remove_dir_all(&lab);
        copy(&root().join("target/dist/loss-lab"), &lab)?;
    }
    Ok(())
}

/// What its files are, in one word; what a tool leaves there does not count.
fn digest(folder: &Path) -> Result<String, Failure> {
    let mut hasher = Sha256::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            if ["node_modules", "cache", ".docusaurus"]
                .iter()
                .any(|left| name == *left)
            {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                hasher.update(entry.path().to_string_lossy().as_bytes());
                hasher.update(Sha256::digest(fs::read(entry.path())?));
            }
        }
    }
    Ok(format!("{:x}", hasher.finalize()))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

//! The lab to take away, in target/dist: a folder for any host and any path, the same as a zip, and one file that opens from a USB
//! stick by double click.
//!
//! A browser loads no module and no wasm from `file://`. So the one file carries them: the wasm in base64 in scripts that do not run,
//! the rest as scripts that its own content security policy allows by their hashes, and nothing else.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::failure::Failure;
use crate::offline;
use crate::run::{root, say};
use crate::seal::POLICY;
use crate::setup;
use crate::test;

const FIRST: &str = "loss-lab-app_bg.wasm";
const LATER: &str = "loss-lab-app_later.wasm";

/// What the app asks for its parts in place of the network; assets/start.js takes it if it is there.
const PARTS: &str = r#"globalThis.lossLabParts = (() => {
  let here;
  const came = new Promise((go) => (here = go));
  const part = (name) => {
    const bytes = Uint8Array.from(atob(document.getElementById(name).textContent), (letter) => letter.charCodeAt(0));
    return new Response(bytes, { headers: { "content-type": "application/wasm" } });
  };
  return { here, part, app: () => came, wasm: () => came.then(() => part("loss-lab-app_bg.wasm")) };
})();"#;

pub fn dist() -> Result<(), Failure> {
    setup::page()?;
    test::build_page()?;
    pack_page()?;
    say("target/dist has loss-lab/, loss-lab.zip and loss-lab.html");
    Ok(())
}

/// Packs dist/, which is there already.
pub fn pack_page() -> Result<(), Failure> {
    pack(&root().join("dist"), &root().join("target/dist"))
}

/// Packs the released page in `page` into `to`.
fn pack(page: &Path, to: &Path) -> Result<(), Failure> {
    let _ = fs::remove_dir_all(to);
    let folder = to.join("loss-lab");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    copy(page, &folder, "loss-lab", &mut zip)?;
    let archive = zip
        .finish()
        .map_err(|error| Failure::new(error.to_string()))?;
    fs::write(to.join("loss-lab.zip"), archive.into_inner())?;
    fs::write(to.join("loss-lab.html"), one_file(page)?)?;
    Ok(())
}

/// Sorted, so that the same page gives the same archive.
fn copy(
    from: &Path,
    to: &Path,
    name: &str,
    zip: &mut ZipWriter<Cursor<Vec<u8>>>,
) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    let mut entries = fs::read_dir(from)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{name}/{}", entry.file_name().to_string_lossy());
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target, &name, zip)?;
            continue;
        }
        let bytes = fs::read(entry.path())?;
        zip.start_file(name, SimpleFileOptions::default())
            .map_err(|error| Failure::new(error.to_string()))?;
        zip.write_all(&bytes)?;
        fs::write(target, bytes)?;
    }
    Ok(())
}

fn one_file(page: &Path) -> Result<String, Failure> {
    let read = |name: &str| fs::read_to_string(page.join(name));
    let wasm = |name: &str| -> Result<String, Failure> {
        let bytes = STANDARD.encode(fs::read(page.join(name))?);
        Ok(format!(
            "<script type=\"application/wasm\" id=\"{name}\">{bytes}</script>"
        ))
    };
    let start = read("start.js")?;
    let app = as_inline(&read("loss-lab-app.js")?)?;
    if [&start, &app]
        .iter()
        .any(|script| script.contains("</script"))
    {
        return Err(Failure::new(
            "a script of the page ends itself: it cannot be inlined",
        ));
    }
    let html = read("index.html")?.replacen(offline::LINK, "", 1);
    let (before, tag, after) = around_start(&html)?;
    let policy = policy(&[PARTS, &start, &app]);
    if !before.contains(POLICY) || tag.is_empty() {
        return Err(Failure::new("dist/index.html is no released page"));
    }
    let head = before.replacen(POLICY, &policy, 1);
    let wasm = [wasm(FIRST)?, wasm(LATER)?].concat();
    Ok(format!(
        "{head}<script>{PARTS}</script><script>{start}</script>{after}\n{wasm}\n<script type=\"module\">{app}</script>\n"
    ))
}

/// The page before the script that starts it, that script, and the page after it.
fn around_start(html: &str) -> Result<(&str, &str, &str), Failure> {
    let missing = || Failure::new("dist/index.html does not load start.js");
    let name = html.find("start.js").ok_or_else(missing)?;
    let (before, after) = html.split_at(name);
    let from = before.rfind("<script").ok_or_else(missing)?;
    let end = "</script>";
    let to = after.find(end).ok_or_else(missing)? + name + end.len();
    let (before, rest) = html.split_at(from);
    let (tag, after) = rest.split_at(to - from);
    Ok((before, tag, after))
}

/// The glue of wasm-bindgen as a module that nobody imports.
fn as_inline(glue: &str) -> Result<String, Failure> {
    let fetched = format!("fetch(new URL(\"./{LATER}\", import.meta.url))");
    let exported = "export { initSync, __wbg_init as default };";
    if !glue.contains(&fetched) || !glue.contains(exported) {
        return Err(Failure::new(
            "the glue of wasm-bindgen is written in another way than is known here",
        ));
    }
    let own = format!("Promise.resolve(globalThis.lossLabParts.part(\"{LATER}\"))");
    Ok(glue
        .replace(&fetched, &own)
        .replace(
            exported,
            "globalThis.lossLabParts.here({ default: __wbg_init });",
        )
        .replace("\nexport class ", "\nclass "))
}

/// Only these scripts, wasm, the page's own styles, and itself within itself: no network at all.
fn policy(scripts: &[&str]) -> String {
    let hashes = scripts.iter().map(|script| {
        let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
        format!("'sha256-{hash}' ")
    });
    format!(
        "default-src 'none'; script-src {}'wasm-unsafe-eval'; frame-src 'self'; style-src 'unsafe-inline'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        hashes.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{Cursor, Read as _};

    use zip::ZipArchive;

    use super::{ZipWriter, around_start, as_inline, copy};

    #[test]
    fn the_archive_is_the_folder_and_the_same_each_time() {
        let place = std::env::temp_dir().join(format!("loss-lab-dist-{}", std::process::id()));
        let page = place.join("page");
        fs::create_dir_all(page.join("b")).unwrap();
        for name in ["index.html", "a.js", "b/c.wasm"] {
            fs::write(page.join(name), name).unwrap();
        }
        let packed = |to: &str| {
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            copy(&page, &place.join(to), "loss-lab", &mut zip).unwrap();
            zip.finish().unwrap().into_inner()
        };
        let archive = packed("one");
        assert_eq!(archive, packed("two"));
        let mut files = ZipArchive::new(Cursor::new(archive)).unwrap();
        let names: Vec<String> = files
            .file_names()
            .map(|name| name.unwrap().into_owned())
            .collect();
        assert_eq!(
            names,
            ["loss-lab/a.js", "loss-lab/b/c.wasm", "loss-lab/index.html"]
        );
        for name in names {
            let mut text = String::new();
            files
                .by_name(&name)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            let name = name.strip_prefix("loss-lab/").unwrap();
            assert_eq!(text, name);
            assert_eq!(
                text,
                fs::read_to_string(place.join("one").join(name)).unwrap()
            );
        }
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn the_script_that_starts_is_found_however_it_is_written() {
        for tag in [
            "<script src=\"./start.js\"></script>",
            "<script src=./start.js></script>",
        ] {
            let html = format!("<head><script>a</script>{tag}<body>");
            let (before, found, after) = around_start(&html).unwrap();
            assert_eq!(
                (before, found, after),
                ("<head><script>a</script>", tag, "<body>")
            );
        }
        assert!(around_start("<head>").is_err());
    }

    #[test]
    fn glue_that_is_not_known_is_refused() {
        assert!(as_inline("export default 1;").is_err());
    }
}

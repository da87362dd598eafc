//! The first part of a released page without what nothing in it can call, and with short names between its wasm and its glue.
//!
//! A library may offer classes to scripts (wasm-streams does), and wasm-bindgen keeps each one whole, called or not. It also marks the
//! names between wasm and glue with hashes, which do not compress. Both are in the way of the first picture.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use walrus::{Module, ModuleConfig};

use crate::failure::Failure;

/// Prunes the glue and the wasm named `app` in `folder`.
pub fn prune(folder: &Path, app: &str) -> Result<(), Failure> {
    let script = folder.join(app).with_extension("js");
    let binary = folder.join(format!("{app}_bg.wasm"));
    let (glue, wasm) = pruned(&fs::read_to_string(&script)?, &fs::read(&binary)?)?;
    fs::write(script, glue)?;
    fs::write(binary, wasm)?;
    Ok(())
}

/// A wasm file without its custom sections: names, producers.
pub fn unnamed(wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    Ok(read(wasm)?.emit_wasm())
}

/// Reads a wasm file to be written without its custom sections.
fn read(wasm: &[u8]) -> Result<Module, Failure> {
    let mut config = ModuleConfig::new();
    config
        .generate_name_section(false)
        .generate_producers_section(false);
    let broken = |error| Failure::new(format!("the wasm file cannot be read: {error}"));
    let mut module = config.parse(wasm).map_err(broken)?;
    let sections: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    for section in sections {
        module.customs.delete(section);
    }
    Ok(module)
}

fn pruned(glue: &str, wasm: &[u8]) -> Result<(String, Vec<u8>), Failure> {
    let mut module = read(wasm)?;
    let (glue, classes) = without_classes(glue);

    let called: HashSet<&str> = words(&glue).collect();
    let uncalled: Vec<_> = module
        .exports
        .iter()
        .filter(|export| !called.contains(export.name.as_str()))
        .map(|export| export.id())
        .collect();
    for export in uncalled {
        module.exports.delete(export);
    }
    walrus::passes::gc::run(&mut module);
    let imported: HashSet<&str> = (module.imports.iter())
        .map(|import| import.name.as_str())
        .collect();
    let glue = without_functions(&glue, &imported);
    if let Some(class) = words(&glue).find(|word| classes.iter().any(|class| class == word)) {
        return Err(Failure::new(format!(
            "the page has a use for the class {class}, which xtask/src/prune.rs drops from the glue: keep it there"
        )));
    }

    let taken: HashSet<&str> = words(&glue).collect();
    let mut brief = (0..)
        .map(|count| format!("_{count}"))
        .filter(|name| !taken.contains(name.as_str()));
    let mut short = HashMap::new();
    let imports = module.imports.iter_mut().map(|import| &mut import.name);
    let exports = module.exports.iter_mut().map(|export| &mut export.name);
    // The second part knows the other exports by their names.
    let calls_closure = |name: &&mut String| name.starts_with("wasm_bindgen__convert__closures");
    for name in imports.chain(exports.filter(calls_closure)) {
        let brief = brief.next().unwrap_or_default();
        short.insert(std::mem::replace(name, brief.clone()), brief);
    }
    Ok((renamed(&glue, &short), module.emit_wasm()))
}

/// The glue without the classes that it exports, and their names: the page's own script asks for none.
fn without_classes(glue: &str) -> (String, Vec<&str>) {
    let mut kept = String::new();
    let mut classes = Vec::new();
    let mut rest = glue.lines();
    while let Some(line) = rest.next() {
        let class = line.strip_prefix("export class ");
        let about_class = || {
            ["if (Symbol.dispose) ", "const "].iter().any(|start| {
                let name = line.strip_prefix(start).and_then(|rest| words(rest).next());
                name.is_some_and(|name| {
                    classes.contains(&name.strip_suffix("Finalization").unwrap_or(name))
                })
            })
        };
        if let Some(class) = class {
            classes.extend(words(class).next());
            let _ = rest.find(|line| *line == "}");
        } else if about_class() {
            if !line.ends_with(';') {
                let _ = rest.find(|line| line.ends_with(';'));
            }
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    (kept, classes)
}

/// The glue without the functions that it holds for the wasm and that are not `imported`.
fn without_functions(glue: &str, imported: &HashSet<&str>) -> String {
    const MARGIN: &str = "        ";
    let mut kept = String::new();
    let mut rest = glue.lines();
    while let Some(line) = rest.next() {
        let name = line
            .strip_prefix(MARGIN)
            .and_then(|rest| rest.split_once(": function("))
            .map(|(name, _)| name);
        if name.is_some_and(|name| !imported.contains(name)) {
            let _ = rest.find(|line| line.strip_prefix(MARGIN) == Some("},"));
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// `glue` with each word that `short` knows in its short form.
fn renamed(glue: &str, short: &HashMap<String, String>) -> String {
    glue.split_inclusive(is_between)
        .map(|piece| {
            let word = piece.trim_end_matches(is_between);
            match short.get(word) {
                Some(brief) => piece.replacen(word, brief, 1),
                None => piece.to_owned(),
            }
        })
        .collect()
}

/// The words of a script.
fn words(script: &str) -> impl Iterator<Item = &str> {
    script.split(is_between).filter(|word| !word.is_empty())
}

fn is_between(c: char) -> bool {
    !(c.is_alphanumeric() || c == '_' || c == '$')
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{pruned, without_classes, without_functions};

    /// As wasm-bindgen writes it, in small.
    const GLUE: &str = "\
export class Sink {
    free() {
        wasm.__wbg_sink_free(0);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;
const SinkFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_sink_free(ptr, 1));
function imports() {
    const import0 = {
        __wbg_close_0123456789abcdef: function(arg0) {
            arg0.close();
        },
        __wbg_log_0123456789abcdef: function(arg0) {
            if (arg0) {
                console.log(arg0);
            }
        },
    };
}
wasm.__wbindgen_start();
";

    #[test]
    fn what_nobody_calls_goes_and_names_are_short() {
        let mut module = walrus::Module::default();
        let nothing = module.types.add(&[], &[]);
        let mut exports = |import: &str, export: &str| {
            let (function, _) = module.add_import_func("./glue.js", import, nothing);
            module.exports.add(export, function);
        };
        exports("__wbg_close_0123456789abcdef", "__wbg_sink_free");
        exports("__wbg_log_0123456789abcdef", "__wbindgen_start");
        let (glue, wasm) = pruned(GLUE, &module.emit_wasm()).unwrap();
        assert_eq!(
            glue,
            "function imports() {\n    const import0 = {\n        _0: function(arg0) {\n            if (arg0) {\n\
             \x20               console.log(arg0);\n            }\n        },\n    };\n}\nwasm.__wbindgen_start();\n"
        );
        let module = walrus::Module::from_buffer(&wasm).unwrap();
        let imports: Vec<_> = module.imports.iter().map(|i| i.name.as_str()).collect();
        let exports: Vec<_> = module.exports.iter().map(|e| e.name.as_str()).collect();
        assert_eq!((imports, exports), (vec!["_0"], vec!["__wbindgen_start"]));
    }

    #[test]
    fn a_class_that_is_in_use_is_named_and_nothing_is_written() {
        let glue = GLUE.replace("arg0.close()", "Sink.wrap(arg0)");
        let (kept, classes) = without_classes(&glue);
        assert_eq!(classes, ["Sink"]);
        assert!(kept.contains("Sink.wrap"));
        let mut module = walrus::Module::default();
        let nothing = module.types.add(&[], &[]);
        let (function, _) =
            module.add_import_func("./glue.js", "__wbg_close_0123456789abcdef", nothing);
        module.exports.add("__wbindgen_start", function);
        let refused = pruned(&glue, &module.emit_wasm()).unwrap_err().to_string();
        assert!(refused.contains("the class Sink"), "{refused}");
    }

    #[test]
    fn a_function_that_is_imported_stays() {
        let imported =
            HashSet::from(["__wbg_close_0123456789abcdef", "__wbg_log_0123456789abcdef"]);
        assert_eq!(without_functions(GLUE, &imported), GLUE);
    }
}

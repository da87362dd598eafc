//! Which recordings there are, on disk.

use std::path::{Path, PathBuf};

use loss_lab_engine::scenario::Scenario;
use loss_lab_engine::trace::Trace;

use crate::failure::Failure;
use crate::input;

/// One scenario with everything that was recorded of it.
pub struct Recorded {
    /// The scenario.
    pub scenario: Scenario,
    /// `k01-plain-49` and `k01-plain-49.2`, with what real clusters did.
    pub recordings: Vec<(String, Trace)>,
}

/// The folder that has `scenarios/`, `recordings/` and the list of what is reproduced: the one that the first path lies in,
/// or `conformance/` here or above.
pub fn home(paths: &[PathBuf]) -> Result<PathBuf, Failure> {
    let start = match paths.first() {
        Some(path) => path
            .canonicalize()
            .map_err(|error| Failure::Input(format!("{}: {error}", path.display())))?,
        None => std::env::current_dir()
            .map_err(|error| Failure::Input(format!("the current folder: {error}")))?,
    };
    let homes = start
        .ancestors()
        .flat_map(|folder| [folder.to_owned(), folder.join("conformance")]);
    homes
        .into_iter()
        .find(|home| home.join("scenarios").is_dir() && home.join("recordings").is_dir())
        .ok_or_else(|| {
            Failure::Input(format!(
                "{}: no folder conformance/ with scenarios/ and recordings/ here or above",
                start.display()
            ))
        })
}

/// Every scenario that `paths` name, in the order of their names.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Recorded>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.join("scenarios").is_dir() {
            files.extend(json_files(&path.join("scenarios"))?);
        } else if path.is_dir() {
            files.extend(json_files(path)?);
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    files.dedup();
    files.iter().map(|file| read(file)).collect()
}

fn json_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let wrong = |error: std::io::Error| Failure::Input(format!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    Ok(files)
}

/// A scenario's recordings lie in `recordings/` beside its own folder: `ID.json`, `ID.2.json` and so on.
fn read(file: &Path) -> Result<Recorded, Failure> {
    let id = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let folder = file.parent().unwrap_or(Path::new("")).join("../recordings");
    let scenario = input::scenario(file)?.scenario;
    let names = (1u32..).map(|n| {
        if n == 1 {
            id.clone()
        } else {
            format!("{id}.{n}")
        }
    });
    let existing = names
        .map(|name| (folder.join(format!("{name}.json")), name))
        .take_while(|(path, _)| path.is_file());
    let recordings = existing.map(|(path, name)| {
        let wrong =
            |error: &dyn std::fmt::Display| Failure::Input(format!("{}: {error}", path.display()));
        let text = std::fs::read_to_string(&path).map_err(|error| wrong(&error))?;
        let trace = Trace::parse(&text).map_err(|error| wrong(&error))?;
        Ok((name, trace))
    });
    let recordings = recordings.collect::<Result<Vec<_>, Failure>>()?;
    if recordings.is_empty() {
        return Err(Failure::Input(format!(
            "{}: nothing was recorded of it in {}",
            file.display(),
            folder.display()
        )));
    }
    Ok(Recorded {
        scenario,
        recordings,
    })
}

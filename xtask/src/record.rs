//! Asks real Apache RocketMQ: the recorder in conformance/recorder plays a scenario on a cluster of child JVMs, and `loss-lab` says
//! what changed since it was last asked, and whether the engine does the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::failure::Failure;
use crate::run::{command, find, output, root, say, succeed, words_of};

const USAGE: &str = "\
  cargo xtask record                       every scenario of conformance/ again; hours
  cargo xtask record ID…                   these (k01-plain-53), or files of your own
  cargo xtask record --random N --seed S   N drawn scenarios; what differs from the engine is made as small as it gets";

/// Reads the words after `record`.
pub fn record(words: &[&str]) -> Result<(), Failure> {
    let number = |word: &str| {
        word.parse::<u64>()
            .map_err(|_| Failure::new(format!("{word} is not a number\n{USAGE}")))
    };
    match words {
        ["--random", n, "--seed", seed] => random(number(n)?, number(seed)?),
        ["--random", n] => random(number(n)?, 0),
        _ if words.iter().any(|word| word.starts_with('-')) => Err(Failure::new(USAGE)),
        _ => again(words),
    }
}

fn again(ids: &[&str]) -> Result<(), Failure> {
    let all = scenarios(ids)?;
    ready()?;
    let mut failed = Vec::new();
    for (n, scenario) in all.iter().enumerate() {
        let name = stem(scenario);
        say(&format!("recording {name} ({} of {})", n + 1, all.len()));
        match ask(scenario) {
            Ok(answer) => tell(&name, &answer)?,
            Err(failure) => {
                eprintln!("{failure}");
                failed.push(name);
            }
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("not recorded: {}", failed.join(", "))))
    }
}

/// What changed since each kept recording, then what the engine makes of the new one.
fn tell(name: &str, answer: &Answer) -> Result<(), Failure> {
    let kept = root().join("conformance/recordings");
    let names = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{name}.{n}")));
    let kept = names
        .map(|name| kept.join(format!("{name}.json")))
        .take_while(|file| file.is_file());
    for old in kept {
        println!("{name} against {}:", stem(&old));
        succeed(
            lab()
                .arg("compare")
                .args([&answer.scenario, &old, &answer.recording]),
        )?;
    }
    println!("{name} and the engine:");
    succeed(lab().args(["conform", "--all"]).arg(&answer.scenario))?;
    println!("kept in {}", answer.recording.display());
    Ok(())
}

fn random(count: u64, seed: u64) -> Result<(), Failure> {
    ready()?;
    let mut differing = Vec::new();
    for seed in seed..seed.saturating_add(count) {
        let file = questions().join(format!("drawn/{seed}.json"));
        draw(seed, &file)?;
        say(&format!("asking drawn scenario {seed}"));
        if agrees(&ask(&file)?)? {
            println!("{seed} agrees");
            continue;
        }
        let least = smallest(file, seed)?;
        println!("{seed} differs:");
        succeed(lab().args(["conform", "--all"]).arg(&least.scenario))?;
        println!("its smallest form: {}", least.scenario.display());
        differing.push(seed.to_string());
    }
    if differing.is_empty() {
        println!("{count} of {count} agree");
        Ok(())
    } else {
        let differ = differing.join(", ");
        Err(Failure::new(format!("of {count}, these differ: {differ}")))
    }
}

/// Takes away one part after the other for as long as what is left still differs.
fn smallest(whole: PathBuf, seed: u64) -> Result<Answer, Failure> {
    let mut least = Answer::of(&whole)?;
    loop {
        let folder = questions().join(format!("drawn/{seed}-smaller"));
        drop(fs::remove_dir_all(&folder));
        succeed(
            lab()
                .args(["draw", "--smaller"])
                .args([&least.scenario, &folder]),
        )?;
        let mut found = None;
        for less in files(&folder)? {
            let name = questions().join(format!("drawn/{seed}-{}.json", stem(&less)));
            fs::copy(&less, &name)?;
            let answer = ask(&name)?;
            if !agrees(&answer)? {
                found = Some(answer);
                break;
            }
        }
        match found {
            Some(answer) => {
                say(&format!(
                    "still differs without a part: {}",
                    answer.scenario.display()
                ));
                // Its name will be given to another candidate.
                let kept = questions().join(format!("drawn/{seed}-least.json"));
                fs::copy(&answer.scenario, &kept)?;
                least = Answer::of(&kept)?;
                fs::rename(&answer.recording, &least.recording)?;
            }
            None => return Ok(least),
        }
    }
}

fn draw(seed: u64, file: &Path) -> Result<(), Failure> {
    let mut draw = lab();
    draw.args(["draw", "--seed", &seed.to_string()]);
    let words = words_of(&draw);
    let drawn = output(&mut draw).ok_or_else(|| Failure::new(format!("`{words}` failed")))?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(file, drawn + "\n")?)
}

fn agrees(answer: &Answer) -> Result<bool, Failure> {
    let mut conform = lab();
    conform.args(["conform", "--json"]).arg(&answer.scenario);
    let words = words_of(&conform);
    let table = output(&mut conform).ok_or_else(|| Failure::new(format!("`{words}` failed")))?;
    Ok(table.contains("\"reproduced\":true"))
}

/// A scenario with the recording that was just made of it, beside each other as in conformance/.
struct Answer {
    scenario: PathBuf,
    recording: PathBuf,
}

impl Answer {
    /// The scenario gets its place; the recording may not be there yet.
    fn of(file: &Path) -> Result<Self, Failure> {
        let name = stem(file);
        let place = |folder: &str| -> Result<PathBuf, Failure> {
            let folder = questions().join(folder);
            fs::create_dir_all(&folder)?;
            Ok(folder.join(format!("{name}.json")))
        };
        let (scenario, recording) = (place("scenarios")?, place("recordings")?);
        fs::copy(file, &scenario)?;
        Ok(Self {
            scenario,
            recording,
        })
    }
}

fn ask(file: &Path) -> Result<Answer, Failure> {
    let answer = Answer::of(file)?;
    let text: String = fs::read_to_string(file)?.split_whitespace().collect();
    let broker = if text.contains("\"profile\":\"4.9\"") {
        "rmq49"
    } else {
        "rmq53"
    };
    let built = build(broker)?;
    let (classes, libraries) = (built.join("classes"), built.join("lib").join("*"));
    let class_path = std::env::join_paths([classes, libraries])
        .map_err(|error| Failure::new(error.to_string()))?;
    let work = std::env::var_os("LAB_WORK").map_or_else(std::env::temp_dir, PathBuf::from);
    let log = answer.recording.with_extension("log");
    let mut java = command("java");
    java.args(["-Xmx128m", "-XX:+UseSerialGC", "-cp"])
        .arg(class_path)
        .arg("lab.Recorder")
        .args([&answer.scenario, &answer.recording])
        .arg("--work")
        .arg(work)
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log)?);
    if java.status()?.success() {
        Ok(answer)
    } else {
        let name = stem(file);
        Err(Failure::new(format!(
            "{name} was not recorded in full; see {}",
            log.display()
        )))
    }
}

/// Builds the recorder against one RocketMQ when its sources are newer than what is there.
fn build(broker: &str) -> Result<PathBuf, Failure> {
    let built = questions().join(broker);
    let stamp = built.join("built");
    let sources = root().join("conformance/recorder");
    let is_fresh = fs::metadata(&stamp)
        .and_then(|stamp| stamp.modified())
        .is_ok_and(|at| newest(&sources).is_some_and(|newest| newest < at));
    if !is_fresh {
        say(&format!("building the recorder for {broker}"));
        let profile = format!("-P{broker}");
        succeed(
            command("mvn")
                .args(["-q", &profile, "-f"])
                .arg(sources.join("pom.xml"))
                .arg("package"),
        )?;
        fs::write(&stamp, "")?;
    }
    Ok(built)
}

/// When the latest of a folder's files was written.
fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let times = entries.filter_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            newest(&path)
        } else {
            entry.metadata().ok()?.modified().ok()
        }
    });
    times.max()
}

/// Says in words what is missing, before anything is begun.
fn ready() -> Result<(), Failure> {
    let needs = "recording needs JDK 17 or newer, Maven 3.8 or newer, and Linux; building and testing the lab does not";
    for program in ["java", "javac", "mvn"] {
        if find(program).is_none() {
            return Err(Failure::new(format!(
                "there is no `{program}` in PATH: {needs}"
            )));
        }
    }
    let version = output(command("javac").arg("-version")).unwrap_or_default();
    let major = version.trim_start_matches("javac ").split('.').next();
    if major
        .and_then(|major| major.parse::<u32>().ok())
        .is_none_or(|major| major < 17)
    {
        return Err(Failure::new(format!(
            "`javac -version` says {version:?}: {needs}"
        )));
    }
    say("building loss-lab");
    succeed(command("cargo").args(["build", "--quiet", "--release", "--package", "loss-lab-cli"]))
}

/// Everything that recording makes lies in here.
fn questions() -> PathBuf {
    root().join("target/recorder")
}

fn lab() -> Command {
    let mut lab = command("cargo");
    lab.args([
        "run",
        "--quiet",
        "--release",
        "--package",
        "loss-lab-cli",
        "--",
    ]);
    lab
}

/// The files that are meant: all of conformance/scenarios, or those with a name, or a file of one's own.
fn scenarios(ids: &[&str]) -> Result<Vec<PathBuf>, Failure> {
    let folder = root().join("conformance/scenarios");
    if ids.is_empty() {
        return files(&folder);
    }
    let file = |id: &&str| {
        let own = PathBuf::from(id);
        if own.is_file() {
            return Ok(own);
        }
        let kept = folder.join(format!("{id}.json"));
        if kept.is_file() {
            Ok(kept)
        } else {
            Err(Failure::new(format!(
                "there is no scenario {id} in conformance/scenarios\n{USAGE}"
            )))
        }
    };
    ids.iter().map(file).collect()
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

fn stem(file: &Path) -> String {
    file.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

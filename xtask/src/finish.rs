//! What happens to the page after each of Trunk's builds (see Trunk.toml): it is cut in two, and a released one is shortened,
//! sealed and kept for when there is no network. In this order: the last step hashes what the others wrote.

use std::env;
use std::path::Path;

use crate::failure::Failure;
use crate::offline;
use crate::seal;
use crate::shorten;
use crate::split;

pub fn finish() -> Result<(), Failure> {
    let (Ok(profile), Ok(folder)) = (env::var("TRUNK_PROFILE"), env::var("TRUNK_STAGING_DIR"))
    else {
        return Err(Failure::new(
            "`finish` is a step of `trunk build`, not a command of its own",
        ));
    };
    let folder = Path::new(&folder);
    split::split(&profile, folder)?;
    if profile == "release" {
        shorten::shorten(folder)?;
        seal::seal(folder)?;
        offline::keep(folder)?;
    }
    Ok(())
}

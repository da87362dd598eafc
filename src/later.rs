//! What is fetched once the page stands, as a second wasm file: everything that the first picture and the first *Send* do not
//! need. It is the same program, linked in two parts.
//!
//! `xtask split` divides them after the build: whatever only `ALL` reaches goes into the second file. So a function belongs to it
//! by being named there and nowhere else. Tests on the host have both parts from the start.

use loss_lab_engine::ids::MessageId;
use loss_lab_engine::scenario::Step;
use loss_lab_engine::units::SimTime;
use loss_lab_present::frame::Depths;
use loss_lab_present::intent::Setup;
use loss_lab_present::remedy::{self, Remedy};
use loss_lab_present::settings::Settings;

use crate::session::{Session, setup};

#[cfg(target_arch = "wasm32")]
use crate::ui::Rooms;

/// The second part.
pub struct Later {
    /// What a frame shows on demand.
    pub depths: Depths,
    /// What changes what stands.
    pub set_up: fn(&mut Session, Setup),
    /// Which settings would have saved what is lost.
    pub remedies: fn(&Settings, &[Step], &[MessageId], SimTime) -> Vec<Remedy>,
    /// What is seen of it.
    #[cfg(target_arch = "wasm32")]
    pub rooms: Rooms,
}

static ALL: Later = Later {
    depths: Depths::ALL,
    set_up: setup::set_up,
    remedies: remedy::remedies,
    #[cfg(target_arch = "wasm32")]
    rooms: Rooms::ALL,
};

/// The second part, where it came with the first.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn here() -> Option<&'static Later> {
    Some(&ALL)
}

#[cfg(target_arch = "wasm32")]
pub use fetched::{fetch, here};

#[cfg(target_arch = "wasm32")]
#[allow(
    unsafe_code,
    reason = "a split function is written by its macro as an import and an export of wasm"
)]
mod fetched {
    use super::{ALL, Later};
    use leptos::wasm_split::SplitLoaderError;
    #[cfg(feature = "split")]
    use leptos::wasm_split::wasm_split;
    use std::sync::OnceLock;

    static HERE: OnceLock<&'static Later> = OnceLock::new();

    /// The second part, once it is here.
    #[must_use]
    pub fn here() -> Option<&'static Later> {
        HERE.get().copied()
    }

    /// Fetches the second part.
    ///
    /// # Errors
    /// When the file did not come; it can be asked for again.
    pub async fn fetch() -> Result<(), SplitLoaderError> {
        let later = second().await?;
        // Two who asked at once get the same.
        let _ = HERE.set(later);
        Ok(())
    }

    #[cfg(feature = "split")]
    #[wasm_split(later, wasm_split_path = ::leptos::wasm_split, fallible)]
    fn second() -> Result<&'static Later, SplitLoaderError> {
        Ok(&ALL)
    }

    #[cfg(not(feature = "split"))]
    async fn second() -> Result<&'static Later, SplitLoaderError> {
        Ok(&ALL)
    }
}

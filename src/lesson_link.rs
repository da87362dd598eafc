//! A trainer's whole lesson in a link: whoever follows it is given that lesson, and nobody has to host it.
//!
//! `#/lessons/own?text=1.…`: the text compressed (deflate) and sealed as every long link is, with a version and a checksum.

use loss_lab_lesson::TEXT_MAX;
use loss_lab_present::link::{self, LINK_MAX, Why};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::lessons::OWN;

const FIELD: &str = "text=";
/// The smallest text that the compressor makes.
const SMALLEST: u8 = 10;

/// The fragment that gives a lesson of this text, with its `#`.
///
/// # Errors
/// The characters that it would have, more than [`LINK_MAX`].
pub fn write(text: &str) -> Result<String, usize> {
    let sealed = link::sealed(compress_to_vec(text.as_bytes(), SMALLEST));
    let fragment = ["#/lessons/", OWN, "?", FIELD, &sealed].concat();
    if fragment.len() <= LINK_MAX {
        Ok(fragment)
    } else {
        Err(fragment.len())
    }
}

/// The lesson's text, if a fragment carries one; or why it cannot be read.
#[must_use]
pub fn read(fragment: &str) -> Option<Result<String, Why>> {
    let (path, query) = fragment.split_once('?')?;
    let sealed = query.strip_prefix(FIELD)?;
    if path != ["#/lessons/", OWN].concat() {
        return None;
    }
    Some(text(fragment.len(), sealed))
}

fn text(whole: usize, sealed: &str) -> Result<String, Why> {
    if whole > LINK_MAX {
        return Err(Why::TooLong);
    }
    let bytes = link::opened(sealed).map_err(|(_, why)| why)?;
    let text = decompress_to_vec_with_limit(&bytes, TEXT_MAX).map_err(|_| Why::Damaged)?;
    String::from_utf8(text).map_err(|_| Why::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LESSON: &str = include_str!("../assets/lessons/4-ten-answers.md");

    #[test]
    fn the_longest_lesson_of_the_course_fits_into_a_link_and_comes_back() {
        let fragment = write(LESSON).unwrap();
        assert!(fragment.len() < 6_000, "{}", fragment.len());
        assert_eq!(read(&fragment), Some(Ok(LESSON.to_owned())));
    }

    #[test]
    fn what_is_no_lesson_in_a_link_is_none() {
        for other in [
            "",
            "#/lessons",
            "#/lessons/own/2/5.3",
            "#/lab?text=1.AA",
            "#/lessons/own?lang=zh",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn a_link_that_was_cut_mistyped_or_made_to_swell_says_so() {
        let fragment = write(LESSON).unwrap();
        let cut = &fragment[..fragment.len() - 3];
        assert_eq!(read(cut), Some(Err(Why::Checksum)));
        let typed = fragment.replacen("1.", "2.", 1);
        assert_eq!(read(&typed), Some(Err(Why::Version("2".to_owned()))));
        assert_eq!(read("#/lessons/own?text=1.%%%"), Some(Err(Why::Damaged)));
        assert_eq!(
            read(&["#/lessons/own?text=1.", &"A".repeat(LINK_MAX)].concat()),
            Some(Err(Why::TooLong))
        );
        // A few bytes that would be a gigabyte.
        let bomb = link::sealed(compress_to_vec(&vec![b' '; TEXT_MAX + 1], SMALLEST));
        assert_eq!(
            read(&["#/lessons/own?text=", &bomb].concat()),
            Some(Err(Why::Damaged))
        );
        let mut random = 1_u64;
        let mut digit = || {
            random = random * 48_271 % 2_147_483_647;
            char::from(b'!' + u8::try_from(random % 90).unwrap())
        };
        let noise: String = (0..40_000).map(|_| digit()).collect();
        assert!(write(&noise).is_err_and(|characters| characters > LINK_MAX));
    }

    #[test]
    fn whatever_follows_is_read_or_refused() {
        for length in 0..200 {
            let bytes: Vec<u8> = (0..length).map(|n: u8| n.wrapping_mul(151)).collect();
            let read = read(&["#/lessons/own?text=", &link::sealed(bytes)].concat());
            assert!(matches!(read, Some(Ok(_) | Err(Why::Damaged))), "{read:?}");
        }
        for text in ["", "一", "format: loss-lab-lesson/1"] {
            assert_eq!(read(&write(text).unwrap()), Some(Ok(text.to_owned())));
        }
    }
}

//! base64url without padding, as RFC 4648 has it: what a fragment carries unharmed.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes as text.
pub(super) fn write(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = (0..3).fold(0_usize, |word, i| {
            word << 8 | usize::from(chunk.get(i).copied().unwrap_or(0))
        });
        for i in 0..=chunk.len() {
            let digit = DIGITS.get(word >> (18 - 6 * i) & 63);
            text.push(char::from(digit.copied().unwrap_or(b'A')));
        }
    }
    text
}

/// The bytes of a text, or the place of the first character that cannot be.
pub(super) fn read(text: &str) -> Result<Vec<u8>, usize> {
    let (mut bytes, mut word, mut bits) = (Vec::new(), 0_u32, 0);
    for (at, byte) in text.bytes().enumerate() {
        let digit = DIGITS.iter().position(|digit| *digit == byte);
        let Some(digit) = digit.and_then(|digit| u32::try_from(digit).ok()) else {
            return Err(at);
        };
        word = (word << 6 | digit) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits & 0xFF).to_le_bytes()[0]);
        }
    }
    Ok(bytes)
}

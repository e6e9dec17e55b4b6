//! Fresh identifiers in the forms Plaid gives them. All randomness of the
//! stand-in comes from here.

use uuid::Uuid;

const ALPHANUMERIC: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

/// A `request_id`: 15 letters and digits.
pub(crate) fn request_id() -> String {
    alphanumeric(15)
}

/// An `item_id` or `account_id`: 37 letters and digits.
pub(crate) fn identifier() -> String {
    alphanumeric(37)
}

/// A `link_session_id` or the identifier of an event.
pub(crate) fn session_id() -> String {
    Uuid::new_v4().to_string()
}

/// `access-sandbox-<uuid>`
pub(crate) fn access_token() -> String {
    format!("access-sandbox-{}", Uuid::new_v4())
}

/// `public-sandbox-<uuid>`
pub(crate) fn public_token() -> String {
    format!("public-sandbox-{}", Uuid::new_v4())
}

/// `link-sandbox-<uuid>`
pub(crate) fn link_token() -> String {
    format!("link-sandbox-{}", Uuid::new_v4())
}

/// Six random bits at a time are drawn from version 4 UUIDs; values beyond the
/// alphabet are thrown away, so that every character is equally likely.
fn alphanumeric(length: usize) -> String {
    std::iter::repeat_with(|| *Uuid::new_v4().as_bytes())
        // Bytes 6 and 8 hold the version and variant and are not random.
        .flat_map(|bytes| {
            bytes
                .into_iter()
                .enumerate()
                .filter(|(at, _)| *at != 6 && *at != 8)
                .map(|(_, byte)| byte)
        })
        .filter_map(|byte| ALPHANUMERIC.get(usize::from(byte & 0x3f)))
        .map(|byte| char::from(*byte))
        .take(length)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_fifteen_alphanumerics_and_differ() {
        let first = request_id();
        assert_eq!(first.len(), 15);
        assert!(first.chars().all(|c| c.is_ascii_alphanumeric()));
        assert_ne!(first, request_id());
        assert_eq!(identifier().len(), 37);
    }
}

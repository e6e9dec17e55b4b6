//! New identifiers in Plaid's formats.

use uuid::Uuid;

const ALPHANUMERIC: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

pub(crate) fn request_id() -> String {
    alphanumeric(15)
}

/// For Items and accounts.
pub(crate) fn identifier() -> String {
    alphanumeric(37)
}

/// For Link sessions, events, and everything else that Plaid names with a UUID.
pub(crate) fn session_id() -> String {
    Uuid::new_v4().to_string()
}

pub(crate) fn access_token() -> String {
    format!("access-sandbox-{}", Uuid::new_v4())
}

pub(crate) fn public_token() -> String {
    format!("public-sandbox-{}", Uuid::new_v4())
}

pub(crate) fn link_token() -> String {
    format!("link-sandbox-{}", Uuid::new_v4())
}

/// Takes six random bits at a time and skips values beyond the alphabet, so that all characters are equally likely.
fn alphanumeric(length: usize) -> String {
    std::iter::repeat_with(|| *Uuid::new_v4().as_bytes())
        // Bytes 6 and 8 of a version 4 UUID hold the version and variant.
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

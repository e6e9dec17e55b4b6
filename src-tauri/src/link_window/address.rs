//! Which addresses the windows of Link may go to, and how an address is put into words. The words
//! stand outside the page, so that no page can write them.

use tauri::Url;

/// As much of a host as fits into a window's title and menu bar. What is cut is the beginning: who
/// a host belongs to stands at its end.
const LONGEST_HOST: usize = 60;

/// Whether the Link window itself may go there: the session's page, Plaid, and the frames without
/// an address that Link makes for itself.
pub(super) fn is_link_page(url: &Url, allowed: &[String]) -> bool {
    url.scheme() == "about" || is_one_of(url, allowed)
}

/// Whether a bank's window may go there.
///
/// Every https page with a host name, since the guard is asked for frames too and cannot tell them
/// from the page itself: a bank's sign-in runs across its own hosts, its identity provider's and its
/// fraud checks', and posts forms between them, which could not be posted again after a question to
/// the user. What the user needs is to see where they are: see [`Place`]. Nothing else is let
/// through: no http, so that no redirect takes the encryption away, no bare numbers for a host, no
/// file, no custom scheme. The session's own origins are the exception that the Demo needs.
pub(super) fn is_bank_page(url: &Url, allowed: &[String]) -> bool {
    match url.scheme() {
        "https" => url.domain().is_some() || is_one_of(url, allowed),
        "http" => is_one_of(url, allowed),
        _ => *url == blank(),
    }
}

/// The address of a window that is about to be filled.
pub(super) fn blank() -> Url {
    Url::parse("about:blank").expect("a constant address")
}

fn is_one_of(url: &Url, allowed: &[String]) -> bool {
    allowed.contains(&url.origin().ascii_serialization())
}

/// Where a bank's window is, in the words of its title and its menu bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Scheme and host; international names in the form that cannot be mistaken (`xn--`).
    pub(super) address: String,
    /// The bank's site, once the window has left it.
    pub(super) left: Option<String>,
}

impl Place {
    /// In one line.
    pub(super) fn words(&self) -> String {
        match &self.left {
            None => self.address.clone(),
            Some(bank) => format!("{}  (no longer {bank})", self.address),
        }
    }
}

/// Follows a bank's window. The first page that is not Plaid's says which bank it was opened for.
pub(super) struct Trail {
    allowed: Vec<String>,
    bank: Option<String>,
}

impl Trail {
    pub(super) fn new(allowed: Vec<String>) -> Self {
        Self {
            allowed,
            bank: None,
        }
    }

    /// The window shows a page of this address now.
    pub(super) fn arrive(&mut self, url: &Url) -> Place {
        let address = address(url);
        let site = site(url);
        if self.bank.is_none() && *url != blank() && !self.is_plaid(url) {
            self.bank = Some(site.clone());
        }
        let left = self
            .bank
            .clone()
            .filter(|bank| *bank != site && *url != blank() && !self.is_plaid(url));
        Place { address, left }
    }

    fn is_plaid(&self, url: &Url) -> bool {
        site(url) == "plaid.com" || (url.scheme() == "https" && is_one_of(url, &self.allowed))
    }
}

/// Scheme and host.
pub(super) fn address(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    match origin.split_once("://") {
        Some((scheme, host)) if host.len() > LONGEST_HOST => {
            // Ascii: any byte is a place to cut.
            format!("{scheme}://…{}", &host[host.len() - LONGEST_HOST..])
        }
        _ => origin,
    }
}

/// Who a host belongs to: the name that can be registered, by the public suffix list.
fn site(url: &Url) -> String {
    url.domain()
        .and_then(psl::domain_str)
        .map_or_else(|| address(url), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(address: &str) -> Url {
        Url::parse(address).expect("a test address")
    }

    #[test]
    fn the_link_window_stays_on_the_page_and_on_plaid() {
        let allowed = [
            "http://127.0.0.1:4000".to_owned(),
            "https://cdn.plaid.com".to_owned(),
        ];
        for (address, expected) in [
            ("http://127.0.0.1:4000/secret/", true),
            ("https://cdn.plaid.com/link/v2/stable/link.html", true),
            ("about:blank", true),
            ("http://127.0.0.1:4001/", false),
            ("https://cdn.plaid.com.example.com/", false),
            ("https://example.com/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_link_page(&url(address), &allowed), expected, "{address}");
        }
    }

    #[test]
    fn a_bank_page_is_https_or_of_the_demo() {
        let demo = ["http://127.0.0.1:4000".to_owned()];
        for (address, expected) in [
            ("https://bank.example.com/login", true),
            ("about:blank", true),
            ("http://127.0.0.1:4000/oauth", true),
            ("http://127.0.0.1:631/", false),
            ("http://bank.example.com/login", false),
            ("https://192.0.2.7/login", false),
            ("https://[2001:db8::1]/login", false),
            ("file:///etc/passwd", false),
            ("bank-app://login", false),
            ("javascript:alert(1)", false),
            ("data:text/html,hello", false),
            ("about:srcdoc", false),
        ] {
            assert_eq!(is_bank_page(&url(address), &demo), expected, "{address}");
        }
    }

    #[test]
    fn the_address_is_scheme_and_host_only() {
        for (url_text, words) in [
            (
                "https://bank.example.com/login?user=a",
                "https://bank.example.com",
            ),
            ("https://chase.com@evil.example/", "https://evil.example"),
            ("https://bänk.example/", "https://xn--bnk-qla.example"),
        ] {
            assert_eq!(address(&url(url_text)), words);
        }
    }

    #[test]
    fn of_a_long_host_the_end_is_shown() {
        let long = format!("https://www.chase.com.{}.evil.example/", "a".repeat(60));
        let words = address(&url(&long));
        assert!(words.ends_with(".evil.example"), "{words}");
        assert!(!words.contains("chase"), "{words}");
    }

    #[test]
    fn leaving_the_banks_site_is_said() {
        let mut trail = Trail::new(vec!["http://127.0.0.1:4000".to_owned()]);
        for (address, left) in [
            ("about:blank", None),
            ("https://cdn.plaid.com/link/oauth.html", None),
            ("https://secure.plaid.com/", None),
            ("https://www.bank.co.uk/", None),
            ("https://login.bank.co.uk/", None),
            ("https://bank.okta.com/", Some("bank.co.uk")),
            ("https://other.co.uk/", Some("bank.co.uk")),
            ("https://login.bank.co.uk/consent", None),
            ("https://cdn.plaid.com/link/done.html", None),
        ] {
            assert_eq!(
                trail.arrive(&url(address)).left.as_deref(),
                left,
                "{address}"
            );
        }
        assert_eq!(
            trail.arrive(&url("https://evil.example/")).words(),
            "https://evil.example  (no longer bank.co.uk)"
        );
    }

    #[test]
    fn the_demos_bank_is_a_bank() {
        let mut trail = Trail::new(vec!["http://127.0.0.1:4000".to_owned()]);
        let place = trail.arrive(&url("http://127.0.0.1:4000/link/bank"));
        assert_eq!(place.words(), "http://127.0.0.1:4000");
    }
}

//! Which addresses Link's windows may open, and how an address is shown. It is shown outside the page, so no page can
//! fake it.

use tauri::Url;

/// Fits a window title and menu bar. Longer hosts lose their beginning, because the end shows who owns them.
const LONGEST_HOST: usize = 60;

/// Allows the session's page, Plaid, and the frames without an address that Link creates.
pub(super) fn is_link_page(url: &Url, allowed: &[String]) -> bool {
    url.scheme() == "about" || is_one_of(url, allowed)
}

/// Allows every https page with a host name, because the guard also sees frames and can't tell them from the page. A
/// bank's sign-in crosses its own hosts, identity providers, and fraud checks with form posts that couldn't be
/// repeated after a prompt, so the user sees the address instead: see [`BankAddress`]. Refuses http (a redirect could
/// drop encryption), bare IP addresses, files, and custom schemes. The Demo needs the exception for the session's own
/// origins.
pub(super) fn is_bank_page(url: &Url, allowed: &[String]) -> bool {
    match url.scheme() {
        "https" => url.domain().is_some() || is_one_of(url, allowed),
        "http" => is_one_of(url, allowed),
        _ => *url == blank(),
    }
}

pub(super) fn blank() -> Url {
    Url::parse("about:blank").expect("a constant address")
}

fn is_one_of(url: &Url, allowed: &[String]) -> bool {
    allowed.contains(&url.origin().ascii_serialization())
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct BankAddress {
    /// Scheme and host; international names as `xn--`, which can't be spoofed.
    pub(super) address: String,
    pub(super) left: Option<String>,
}

impl BankAddress {
    pub(super) fn words(&self) -> String {
        match &self.left {
            None => self.address.clone(),
            Some(bank) => format!("{}  (no longer {bank})", self.address),
        }
    }
}

/// Follows a bank's window. The first page that isn't Plaid's identifies the bank.
pub(super) struct BankTrail {
    allowed: Vec<String>,
    bank: Option<String>,
}

impl BankTrail {
    pub(super) fn new(allowed: Vec<String>) -> Self {
        Self {
            allowed,
            bank: None,
        }
    }

    pub(super) fn arrive(&mut self, url: &Url) -> BankAddress {
        let address = address(url);
        let site = site(url);
        if self.bank.is_none() && *url != blank() && !self.is_plaid(url) {
            self.bank = Some(site.clone());
        }
        let left = self
            .bank
            .clone()
            .filter(|bank| *bank != site && *url != blank() && !self.is_plaid(url));
        BankAddress { address, left }
    }

    fn is_plaid(&self, url: &Url) -> bool {
        site(url) == "plaid.com" || (url.scheme() == "https" && is_one_of(url, &self.allowed))
    }
}

pub(super) fn address(url: &Url) -> String {
    let origin = url.origin().ascii_serialization();
    match origin.split_once("://") {
        Some((scheme, host)) if host.len() > LONGEST_HOST => {
            // ASCII: any byte is a character boundary.
            format!("{scheme}://…{}", &host[host.len() - LONGEST_HOST..])
        }
        _ => origin,
    }
}

/// The registrable domain by the public suffix list.
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
        let mut trail = BankTrail::new(vec!["http://127.0.0.1:4000".to_owned()]);
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
        let mut trail = BankTrail::new(vec!["http://127.0.0.1:4000".to_owned()]);
        let place = trail.arrive(&url("http://127.0.0.1:4000/link/bank"));
        assert_eq!(place.words(), "http://127.0.0.1:4000");
    }
}

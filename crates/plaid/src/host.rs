//! The hosts a client may call. [`LoopbackUrl`] makes sure that only this machine is reached without TLS.

use std::sync::LazyLock;

use url::{Host, Url};

use crate::ConfigError;

static SANDBOX: LazyLock<Url> =
    LazyLock::new(|| Url::parse("https://sandbox.plaid.com/").expect("a constant URL"));
static PRODUCTION: LazyLock<Url> =
    LazyLock::new(|| Url::parse("https://production.plaid.com/").expect("a constant URL"));

/// The host that a [`Client`](crate::Client) calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ApiHost {
    /// `sandbox.plaid.com`: test banks.
    Sandbox,
    /// `production.plaid.com`: real banks, billed calls.
    Production,
    /// A stand-in on this machine, the only host that may use plain http.
    Loopback(LoopbackUrl),
}

/// An address on this machine; only [`ApiHost::loopback`] makes one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LoopbackUrl(Url);

impl LoopbackUrl {
    /// The address, ending in a slash.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

impl ApiHost {
    /// A stand-in at `url`.
    ///
    /// # Errors
    /// If `url` is not `http(s)://`, a loopback host, and an optional port.
    pub fn loopback(url: Url) -> Result<Self, ConfigError> {
        let is_loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if !is_loopback {
            return Err(ConfigError::NotLoopback {
                host: url.host_str().map(str::to_owned),
            });
        }
        let is_bare = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        if !is_bare {
            return Err(ConfigError::NotABareAddress);
        }
        Ok(Self::Loopback(LoopbackUrl(url)))
    }

    /// The address that [`Endpoint::path`](crate::Endpoint::path) is appended to.
    pub fn base_url(&self) -> &Url {
        match self {
            Self::Sandbox => &SANDBOX,
            Self::Production => &PRODUCTION,
            Self::Loopback(url) => url.as_url(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loopback(text: &str) -> Result<ApiHost, ConfigError> {
        ApiHost::loopback(Url::parse(text).unwrap())
    }

    #[test]
    fn plaid_is_called_with_tls() {
        for host in [ApiHost::Sandbox, ApiHost::Production] {
            assert_eq!(host.base_url().scheme(), "https");
        }
        assert_ne!(ApiHost::Sandbox.base_url(), ApiHost::Production.base_url());
    }

    #[test]
    fn only_loopback_addresses_are_accepted() {
        for good in [
            "http://127.0.0.1:4000",
            "http://127.9.9.9",
            "http://[::1]:8",
            "https://localhost:1/",
        ] {
            assert_eq!(
                loopback(good).unwrap().base_url(),
                &Url::parse(good).unwrap()
            );
        }
        for remote in [
            "http://10.0.0.1",
            "https://sandbox.plaid.com",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://0.0.0.0",
            "data:text/plain,x",
        ] {
            assert!(
                matches!(loopback(remote), Err(ConfigError::NotLoopback { .. })),
                "{remote}"
            );
        }
    }

    #[test]
    fn an_address_with_more_than_a_host_is_rejected() {
        for url in [
            "ftp://127.0.0.1/",
            "http://me:word@127.0.0.1/",
            "http://127.0.0.1/path",
            "http://127.0.0.1/?q=1",
            "http://127.0.0.1/#f",
        ] {
            assert!(
                matches!(loopback(url), Err(ConfigError::NotABareAddress)),
                "{url}"
            );
        }
    }
}

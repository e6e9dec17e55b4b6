//! Where Plaid is: Sandbox, Production, or a stand-in on this machine.
//! Only a loopback address may be reached without TLS, and the type makes sure of it.

use std::sync::LazyLock;

use url::{Host, Url};

use crate::ConfigError;

// Both are constants of this file, parsed by a test below.
static SANDBOX: LazyLock<Url> =
    LazyLock::new(|| Url::parse("https://sandbox.plaid.com/").expect("a constant URL"));
static PRODUCTION: LazyLock<Url> =
    LazyLock::new(|| Url::parse("https://production.plaid.com/").expect("a constant URL"));

/// The Plaid environment that a client talks to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Plaid's Sandbox: invented banks, real API.
    Sandbox,
    /// Plaid's Production: real banks, billed calls.
    Production,
    /// A stand-in on this machine, the only place reached by plain http.
    Loopback(LoopbackUrl),
}

/// An address on this machine; made by [`Environment::loopback`] only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LoopbackUrl(Url);

impl LoopbackUrl {
    /// The address.
    pub fn as_url(&self) -> &Url {
        &self.0
    }
}

impl Environment {
    /// A stand-in at this address.
    ///
    /// # Errors
    /// When the address is not `http(s)://` + a loopback host + an optional port.
    pub fn loopback(url: Url) -> Result<Self, ConfigError> {
        let on_loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if !on_loopback {
            return Err(ConfigError::NotLoopback {
                host: url.host_str().map(str::to_owned),
            });
        }
        let bare = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        if !bare {
            return Err(ConfigError::NotABareAddress);
        }
        Ok(Self::Loopback(LoopbackUrl(url)))
    }

    /// The address that endpoint paths are joined to.
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

    fn loopback(text: &str) -> Result<Environment, ConfigError> {
        Environment::loopback(Url::parse(text).unwrap())
    }

    #[test]
    fn plaids_own_hosts_are_https() {
        for environment in [Environment::Sandbox, Environment::Production] {
            assert_eq!(environment.base_url().scheme(), "https");
        }
        assert_ne!(
            Environment::Sandbox.base_url(),
            Environment::Production.base_url()
        );
    }

    #[test]
    fn loopback_is_this_machine_only() {
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
        for elsewhere in [
            "http://10.0.0.1",
            "https://sandbox.plaid.com",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://0.0.0.0",
            "data:text/plain,x",
        ] {
            assert!(
                matches!(loopback(elsewhere), Err(ConfigError::NotLoopback { .. })),
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn an_address_carries_nothing_else() {
        for odd in [
            "ftp://127.0.0.1/",
            "http://me:word@127.0.0.1/",
            "http://127.0.0.1/path",
            "http://127.0.0.1/?q=1",
            "http://127.0.0.1/#f",
        ] {
            assert!(
                matches!(loopback(odd), Err(ConfigError::NotABareAddress)),
                "{odd}"
            );
        }
    }
}

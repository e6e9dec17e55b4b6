//! Institutions: `/institutions/get_by_id`, for the name, the looks and the health of a bank.
//! Looks and health come only when asked for, and may be missing even then.

use serde::{Deserialize, Serialize};

use crate::{Client, Endpoint, Error, InstitutionId, RequestId, Timestamp, wire};

/// What to tell of an institution beyond its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InstitutionOptions {
    /// Its logo, colour and web address.
    pub include_optional_metadata: bool,
    /// Its health.
    pub include_status: bool,
}

/// Answer of `/institutions/get_by_id`.
#[derive(Clone, Debug, Deserialize)]
pub struct InstitutionAnswer {
    /// The institution.
    pub institution: Institution,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// A bank or another institution.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Institution {
    /// Names it, as `ins_109508`.
    pub institution_id: InstitutionId,
    /// Its name.
    pub name: String,
    /// The products it supports.
    #[serde(default, deserialize_with = "wire::list")]
    pub products: Vec<String>,
    /// The countries it serves, ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "wire::list")]
    pub country_codes: Vec<String>,
    /// Its web address.
    pub url: Option<String>,
    /// Its colour, as `#004966`.
    pub primary_color: Option<String>,
    /// Its logo: a PNG of 152 x 152 pixels in base64.
    pub logo: Option<String>,
    /// Whether its users sign in on its own pages.
    #[serde(default)]
    pub oauth: bool,
    /// Its health.
    pub status: Option<InstitutionStatus>,
}

/// The health of an institution; what Plaid does not measure is `None`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct InstitutionStatus {
    /// How linking and signing in again go.
    pub item_logins: Option<ProductHealth>,
    /// How fetching account numbers goes.
    pub auth: Option<ProductHealth>,
    /// How reading balances live goes. The description has it in words and not among the fields.
    pub balance: Option<ProductHealth>,
}

/// The health of one product at one institution.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ProductHealth {
    /// `HEALTHY`, `DEGRADED` or `DOWN`; given up in favour of the breakdown.
    pub status: Option<String>,
    /// Of the requests of the last minutes to hours, how many went how.
    pub breakdown: Option<HealthBreakdown>,
    /// Since when.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub last_status_change: Option<Timestamp>,
}

/// Shares of requests, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct HealthBreakdown {
    /// Went well.
    pub success: Option<f64>,
    /// Failed by Plaid's own doing.
    pub error_plaid: Option<f64>,
    /// Failed by the institution's doing.
    pub error_institution: Option<f64>,
}

#[derive(Serialize)]
struct GetByIdBody<'a> {
    institution_id: &'a InstitutionId,
    country_codes: &'a [String],
    options: InstitutionOptions,
}

impl Client {
    /// `/institutions/get_by_id`: one institution, looked up in these countries.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn institutions_get_by_id(
        &self,
        institution_id: &InstitutionId,
        country_codes: &[String],
        options: InstitutionOptions,
    ) -> Result<InstitutionAnswer, Error> {
        let body = GetByIdBody {
            institution_id,
            country_codes,
            options,
        };
        self.call(Endpoint::InstitutionsGetById, &body, &[]).await
    }
}

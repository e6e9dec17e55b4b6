//! Institutions: `/institutions/get_by_id`. See plaid.com/docs/api/institutions.

use serde::{Deserialize, Serialize};

use crate::{Client, Endpoint, Error, InstitutionId, RequestId, Timestamp, wire};

/// Optional parts of the answer; even when requested, they may be missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InstitutionOptions {
    /// Requests the logo, the color, and the web address.
    pub include_optional_metadata: bool,
    /// Requests the health.
    pub include_status: bool,
}

/// Answer of `/institutions/get_by_id`.
#[derive(Clone, Debug, Deserialize)]
pub struct InstitutionsGetByIdResponse {
    /// The institution.
    pub institution: Institution,
    /// Names the call for Plaid's support.
    pub request_id: RequestId,
}

/// A bank or another institution.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Institution {
    /// Such as `ins_109508`.
    pub institution_id: InstitutionId,
    /// The name for end users.
    pub name: String,
    /// Products it supports, such as `auth`.
    #[serde(default, deserialize_with = "wire::nullable_list")]
    pub products: Vec<String>,
    /// Countries it serves, ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "wire::nullable_list")]
    pub country_codes: Vec<String>,
    /// Its web address.
    pub url: Option<String>,
    /// Such as `#004966`.
    pub primary_color: Option<String>,
    /// A PNG of 152 x 152 pixels in base64.
    pub logo: Option<String>,
    /// Whether customers sign in on the institution's own pages.
    #[serde(default)]
    pub oauth: bool,
    /// Its health.
    pub status: Option<InstitutionStatus>,
}

/// The health of an institution; `None` where Plaid doesn't measure it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct InstitutionStatus {
    /// Linking and signing in again.
    pub item_logins: Option<ProductHealth>,
    /// Reading account numbers.
    pub auth: Option<ProductHealth>,
    /// Reading live balances. Plaid's API description mentions this field only in prose.
    pub balance: Option<ProductHealth>,
}

/// The health of one product at one institution.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ProductHealth {
    /// `HEALTHY`, `DEGRADED`, or `DOWN`. Plaid deprecated it in favor of `breakdown`.
    pub status: Option<String>,
    /// Outcomes of recent requests.
    pub breakdown: Option<HealthBreakdown>,
    /// When `status` last changed.
    #[serde(default, deserialize_with = "wire::optional_time")]
    pub last_status_change: Option<Timestamp>,
}

/// Shares of recent requests, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct HealthBreakdown {
    /// Succeeded.
    pub success: Option<f64>,
    /// Failed because of Plaid.
    pub error_plaid: Option<f64>,
    /// Failed because of the institution.
    pub error_institution: Option<f64>,
}

#[derive(Serialize)]
struct InstitutionsGetByIdBody<'a> {
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
    ) -> Result<InstitutionsGetByIdResponse, Error> {
        let body = InstitutionsGetByIdBody {
            institution_id,
            country_codes,
            options,
        };
        self.call(Endpoint::InstitutionsGetById, &body, &[]).await
    }
}

//! The title, unit, group, and meaning of each core attribute of /signal/evaluate.

use super::form_view::{AttributeGroup as Group, AttributeUnit as Unit, AttributeWords};

struct AttributeRow {
    name: &'static str,
    title: &'static str,
    unit: Unit,
    group: Group,
    meaning: &'static str,
}

const fn words(
    name: &'static str,
    title: &'static str,
    unit: Unit,
    group: Group,
    meaning: &'static str,
) -> AttributeRow {
    AttributeRow {
        name,
        title,
        unit,
        group,
        meaning,
    }
}

/// In the order of the screen.
#[rustfmt::skip]
const WORDS: &[AttributeRow] = &[
    words("available_balance", "Available balance", Unit::Dollars, Group::Balances, "What could be spent at the time of the reading: the current balance without holds and without debits that have not posted."),
    words("current_balance", "Current balance", Unit::Dollars, Group::Balances, "All money in the account at the time of the reading."),
    words("balance_last_updated", "Balances read at", Unit::Moment, Group::Balances, "When Plaid last read the balances from the bank."),
    words("balance_to_transaction_amount_ratio", "Balance for each dollar of the debit", Unit::Ratio, Group::Balances, "The available balance, or else the current one, divided by the amount of the debit. 1.1 leaves a buffer of 10 percent; below 1 the balance does not cover the debit."),
    words("days_with_negative_balance_count_90d", "Days below zero, last 90 days", Unit::Days, Group::BalanceHistory, "Days that ended with an available balance below zero. Frequent overdrafts make a return more likely."),
    words("p10_eod_balance_30d", "Low end-of-day balance, last 30 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 30 days, 9 of 10 days ended with more than this."),
    words("p10_eod_balance_60d", "Low end-of-day balance, last 60 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 60 days, 9 of 10 days ended with more than this."),
    words("p10_eod_balance_90d", "Low end-of-day balance, last 90 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 90 days, 9 of 10 days ended with more than this."),
    words("p10_eod_balance_31d_to_60d", "Low end-of-day balance, 31 to 60 days ago", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day from 60 to 31 days ago, 9 of 10 days ended with more than this. Held against the last 30 days it shows whether the account is filling or draining."),
    words("p10_eod_balance_61d_to_90d", "Low end-of-day balance, 61 to 90 days ago", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day from 90 to 61 days ago, 9 of 10 days ended with more than this. Held against the last 30 days it shows whether the account is filling or draining."),
    words("p50_eod_balance_30d", "Middle end-of-day balance, last 30 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 30 days, half of the days ended with more than this, half with less."),
    words("p50_eod_balance_60d", "Middle end-of-day balance, last 60 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 60 days, half of the days ended with more than this, half with less."),
    words("p50_eod_balance_90d", "Middle end-of-day balance, last 90 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 90 days, half of the days ended with more than this, half with less."),
    words("p50_eod_balance_31d_to_60d", "Middle end-of-day balance, 31 to 60 days ago", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day from 60 to 31 days ago, half of the days ended with more than this, half with less. Held against the last 30 days it shows whether the account is filling or draining."),
    words("p50_eod_balance_61d_to_90d", "Middle end-of-day balance, 61 to 90 days ago", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day from 90 to 61 days ago, half of the days ended with more than this, half with less. Held against the last 30 days it shows whether the account is filling or draining."),
    words("p90_eod_balance_30d", "High end-of-day balance, last 30 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 30 days, 9 of 10 days ended with less than this."),
    words("p90_eod_balance_60d", "High end-of-day balance, last 60 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 60 days, 9 of 10 days ended with less than this."),
    words("p90_eod_balance_90d", "High end-of-day balance, last 90 days", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day in the last 90 days, 9 of 10 days ended with less than this."),
    words("p90_eod_balance_31d_to_60d", "High end-of-day balance, 31 to 60 days ago", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day from 60 to 31 days ago, 9 of 10 days ended with less than this. Held against the last 30 days it shows whether the account is filling or draining."),
    words("p90_eod_balance_61d_to_90d", "High end-of-day balance, 61 to 90 days ago", Unit::Dollars, Group::BalanceHistory, "Of the available balances at the end of each day from 90 to 61 days ago, 9 of 10 days ended with less than this. Held against the last 30 days it shows whether the account is filling or draining."),
    words("total_credit_transactions_amount_10d", "Money in, last 10 days", Unit::Dollars, Group::Activity, "All that came into the account in the last 10 days."),
    words("total_debit_transactions_amount_10d", "Money out, last 10 days", Unit::Dollars, Group::Activity, "All that went out of the account in the last 10 days."),
    words("credit_transactions_count_10d", "Credits, last 10 days", Unit::Count, Group::Activity, "How many times money came in during the last 10 days."),
    words("debit_transactions_count_10d", "Debits, last 10 days", Unit::Count, Group::Activity, "How many times money went out during the last 10 days."),
    words("total_credit_transactions_amount_30d", "Money in, last 30 days", Unit::Dollars, Group::Activity, "All that came into the account in the last 30 days."),
    words("total_debit_transactions_amount_30d", "Money out, last 30 days", Unit::Dollars, Group::Activity, "All that went out of the account in the last 30 days."),
    words("credit_transactions_count_30d", "Credits, last 30 days", Unit::Count, Group::Activity, "How many times money came in during the last 30 days."),
    words("debit_transactions_count_30d", "Debits, last 30 days", Unit::Count, Group::Activity, "How many times money went out during the last 30 days."),
    words("total_credit_transactions_amount_60d", "Money in, last 60 days", Unit::Dollars, Group::Activity, "All that came into the account in the last 60 days."),
    words("total_debit_transactions_amount_60d", "Money out, last 60 days", Unit::Dollars, Group::Activity, "All that went out of the account in the last 60 days."),
    words("credit_transactions_count_60d", "Credits, last 60 days", Unit::Count, Group::Activity, "How many times money came in during the last 60 days."),
    words("debit_transactions_count_60d", "Debits, last 60 days", Unit::Count, Group::Activity, "How many times money went out during the last 60 days."),
    words("total_credit_transactions_amount_90d", "Money in, last 90 days", Unit::Dollars, Group::Activity, "All that came into the account in the last 90 days."),
    words("total_debit_transactions_amount_90d", "Money out, last 90 days", Unit::Dollars, Group::Activity, "All that went out of the account in the last 90 days."),
    words("credit_transactions_count_90d", "Credits, last 90 days", Unit::Count, Group::Activity, "How many times money came in during the last 90 days."),
    words("debit_transactions_count_90d", "Debits, last 90 days", Unit::Count, Group::Activity, "How many times money went out during the last 90 days."),
    words("p50_credit_transactions_amount_28d", "Usual credit, last 28 days", Unit::Dollars, Group::Activity, "Of the single credits of the last 28 days, half of them were larger, half smaller."),
    words("p50_debit_transactions_amount_28d", "Usual debit, last 28 days", Unit::Dollars, Group::Activity, "Of the single debits of the last 28 days, half of them were larger, half smaller."),
    words("p95_credit_transactions_amount_28d", "Large credit, last 28 days", Unit::Dollars, Group::Activity, "Of the single credits of the last 28 days, 19 of 20 were smaller."),
    words("p95_debit_transactions_amount_28d", "Large debit, last 28 days", Unit::Dollars, Group::Activity, "Of the single debits of the last 28 days, 19 of 20 were smaller. A planned debit far above this is unusual for the account."),
    words("transactions_last_updated", "Transactions read at", Unit::Moment, Group::Activity, "When Plaid last read the transactions from the bank. Old transactions say little about today."),
    words("unauthorized_transactions_count_7d", "Debits called unauthorized, last 7 days", Unit::Count, Group::Returns, "Past debits of the account that look like they came back as unauthorized within 7 days. A customer has up to 60 days to do so."),
    words("unauthorized_transactions_count_30d", "Debits called unauthorized, last 30 days", Unit::Count, Group::Returns, "Past debits of the account that look like they came back as unauthorized within 30 days. A customer has up to 60 days to do so."),
    words("unauthorized_transactions_count_60d", "Debits called unauthorized, last 60 days", Unit::Count, Group::Returns, "Past debits of the account that look like they came back as unauthorized within 60 days. A customer has up to 60 days to do so."),
    words("unauthorized_transactions_count_90d", "Debits called unauthorized, last 90 days", Unit::Count, Group::Returns, "Past debits of the account that look like they came back as unauthorized within 90 days. A customer has up to 60 days to do so."),
    words("nsf_overdraft_transactions_count_7d", "Debits without cover, last 7 days", Unit::Count, Group::Returns, "Past debits of the account that look like they came back for lack of funds, or overdrew it, within 7 days."),
    words("nsf_overdraft_transactions_count_30d", "Debits without cover, last 30 days", Unit::Count, Group::Returns, "Past debits of the account that look like they came back for lack of funds, or overdrew it, within 30 days."),
    words("nsf_overdraft_transactions_count_60d", "Debits without cover, last 60 days", Unit::Count, Group::Returns, "Past debits of the account that look like they came back for lack of funds, or overdrew it, within 60 days."),
    words("nsf_overdraft_transactions_count_90d", "Debits without cover, last 90 days", Unit::Count, Group::Returns, "Past debits of the account that look like they came back for lack of funds, or overdrew it, within 90 days."),
    words("is_account_closed", "Account closed", Unit::YesNo, Group::Account, "Whether the bank says that the account is closed. A debit of a closed account comes back."),
    words("is_account_frozen_or_restricted", "Account frozen or restricted", Unit::YesNo, Group::Account, "Whether the bank says that the account is frozen or restricted. A debit of it comes back."),
    words("is_savings_or_money_market_account", "Savings or money market account", Unit::YesNo, Group::Account, "Whether it is an account for saving. Some of these refuse debits, or allow few of them in a month."),
    words("days_since_account_opening", "Age of the account", Unit::Days, Group::Account, "Days since the bank opened the account, as the bank tells it. New accounts are riskier."),
    words("phone_change_count_28d", "Phone numbers changed, last 28 days", Unit::Count, Group::Identity, "How often the phone numbers that the bank has on file changed in the last 28 days. A sudden change can mean that somebody has taken the account over."),
    words("phone_change_count_90d", "Phone numbers changed, last 90 days", Unit::Count, Group::Identity, "How often the phone numbers that the bank has on file changed in the last 90 days. A sudden change can mean that somebody has taken the account over."),
    words("email_change_count_28d", "Email addresses changed, last 28 days", Unit::Count, Group::Identity, "How often the email addresses that the bank has on file changed in the last 28 days. A sudden change can mean that somebody has taken the account over."),
    words("email_change_count_90d", "Email addresses changed, last 90 days", Unit::Count, Group::Identity, "How often the email addresses that the bank has on file changed in the last 90 days. A sudden change can mean that somebody has taken the account over."),
    words("address_change_count_28d", "Addresses changed, last 28 days", Unit::Count, Group::Identity, "How often the addresses that the bank has on file changed in the last 28 days. A sudden change can mean that somebody has taken the account over."),
    words("address_change_count_90d", "Addresses changed, last 90 days", Unit::Count, Group::Identity, "How often the addresses that the bank has on file changed in the last 90 days. A sudden change can mean that somebody has taken the account over."),
    words("days_since_first_plaid_connection", "Known to Plaid for", Unit::Days, Group::PlaidNetwork, "Days since this Item was first connected to any application through Plaid. Long use is a good sign."),
    words("plaid_connections_count_7d", "Connections through Plaid, last 7 days", Unit::Count, Group::PlaidNetwork, "How often the Item was connected to applications through Plaid in the last 7 days. Many at once are unusual."),
    words("plaid_connections_count_30d", "Connections through Plaid, last 30 days", Unit::Count, Group::PlaidNetwork, "How often the Item was connected to applications through Plaid in the last 30 days. Many at once are unusual."),
    words("total_plaid_connections_count", "Connections through Plaid, ever", Unit::Count, Group::PlaidNetwork, "How often the Item was connected to applications through Plaid, all in all."),
    words("plaid_non_oauth_authentication_attempts_count_3d", "Sign-ins through Plaid, last 3 days", Unit::Count, Group::PlaidNetwork, "How often somebody tried to sign in to this account through Plaid with a username and password in the last 3 days."),
    words("plaid_non_oauth_authentication_attempts_count_7d", "Sign-ins through Plaid, last 7 days", Unit::Count, Group::PlaidNetwork, "How often somebody tried to sign in to this account through Plaid with a username and password in the last 7 days."),
    words("plaid_non_oauth_authentication_attempts_count_30d", "Sign-ins through Plaid, last 30 days", Unit::Count, Group::PlaidNetwork, "How often somebody tried to sign in to this account through Plaid with a username and password in the last 30 days."),
    words("failed_plaid_non_oauth_authentication_attempts_count_3d", "Failed sign-ins through Plaid, last 3 days", Unit::Count, Group::PlaidNetwork, "How many of these sign-ins failed in the last 3 days. Many failures can mean that somebody guesses a password."),
    words("failed_plaid_non_oauth_authentication_attempts_count_7d", "Failed sign-ins through Plaid, last 7 days", Unit::Count, Group::PlaidNetwork, "How many of these sign-ins failed in the last 7 days. Many failures can mean that somebody guesses a password."),
    words("failed_plaid_non_oauth_authentication_attempts_count_30d", "Failed sign-ins through Plaid, last 30 days", Unit::Count, Group::PlaidNetwork, "How many of these sign-ins failed in the last 30 days. Many failures can mean that somebody guesses a password."),
    words("distinct_ip_addresses_count_3d", "IP addresses, last 3 days", Unit::Count, Group::Devices, "Counts from how many internet addresses this account was signed in to through Plaid in the last 3 days."),
    words("distinct_ip_addresses_count_7d", "IP addresses, last 7 days", Unit::Count, Group::Devices, "Counts from how many internet addresses this account was signed in to through Plaid in the last 7 days."),
    words("distinct_ip_addresses_count_30d", "IP addresses, last 30 days", Unit::Count, Group::Devices, "Counts from how many internet addresses this account was signed in to through Plaid in the last 30 days. Plaid counts up to 100."),
    words("distinct_ip_addresses_count_90d", "IP addresses, last 90 days", Unit::Count, Group::Devices, "Counts from how many internet addresses this account was signed in to through Plaid in the last 90 days. Plaid counts up to 100."),
    words("distinct_user_agents_count_3d", "Browsers, last 3 days", Unit::Count, Group::Devices, "Counts with how many kinds of browser or device this account was signed in to through Plaid in the last 3 days."),
    words("distinct_user_agents_count_7d", "Browsers, last 7 days", Unit::Count, Group::Devices, "Counts with how many kinds of browser or device this account was signed in to through Plaid in the last 7 days."),
    words("distinct_user_agents_count_30d", "Browsers, last 30 days", Unit::Count, Group::Devices, "Counts with how many kinds of browser or device this account was signed in to through Plaid in the last 30 days."),
    words("distinct_user_agents_count_90d", "Browsers, last 90 days", Unit::Count, Group::Devices, "Counts with how many kinds of browser or device this account was signed in to through Plaid in the last 90 days."),
    words("distinct_ssl_tls_connection_sessions_count_3d", "Secure sessions, last 3 days", Unit::Count, Group::Devices, "Counts in how many secure connection sessions this account was signed in to through Plaid in the last 3 days."),
    words("distinct_ssl_tls_connection_sessions_count_7d", "Secure sessions, last 7 days", Unit::Count, Group::Devices, "Counts in how many secure connection sessions this account was signed in to through Plaid in the last 7 days."),
    words("distinct_ssl_tls_connection_sessions_count_30d", "Secure sessions, last 30 days", Unit::Count, Group::Devices, "Counts in how many secure connection sessions this account was signed in to through Plaid in the last 30 days."),
    words("distinct_ssl_tls_connection_sessions_count_90d", "Secure sessions, last 90 days", Unit::Count, Group::Devices, "Counts in how many secure connection sessions this account was signed in to through Plaid in the last 90 days."),
];

pub(super) fn all() -> Vec<AttributeWords> {
    let shown = WORDS.iter().map(|words| AttributeWords {
        name: words.name.to_owned(),
        title: words.title.to_owned(),
        unit: words.unit,
        group: words.group,
        meaning: words.meaning.to_owned(),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn each_is_listed_once_and_says_something() {
        let (mut names, mut titles) = (HashSet::new(), HashSet::new());
        for words in WORDS {
            assert!(names.insert(words.name), "{}", words.name);
            assert!(titles.insert(words.title), "{}", words.title);
            assert!(words.meaning.len() > 20 && words.meaning.ends_with('.'));
            assert_ne!(words.title.replace(' ', "_").to_lowercase(), words.meaning);
        }
    }

    /// Compares with Plaid's API description if it is installed.
    #[test]
    fn none_that_plaid_describes_is_missing() {
        let Some(description) = contract::official_description().unwrap() else {
            return;
        };
        let described = &description["components"]["schemas"]["SignalEvaluateCoreAttributes"];
        let described = described["properties"].as_object().unwrap();
        let ours: BTreeSet<&str> = WORDS.iter().map(|words| words.name).collect();
        let plaids: BTreeSet<&str> = described.keys().map(String::as_str).collect();
        assert_eq!(ours, plaids);
        for words in WORDS {
            let field = &described[words.name];
            let fits = match words.unit {
                Unit::Days | Unit::Count => field["type"] == "integer",
                Unit::Dollars | Unit::Ratio => field["type"] == "number",
                Unit::YesNo => field["type"] == "boolean",
                Unit::Moment => field["format"] == "date-time",
            };
            assert!(fits, "{}", words.name);
        }
    }
}

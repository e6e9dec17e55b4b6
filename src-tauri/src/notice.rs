//! Desktop notifications. Anyone who sees the screen can read them, so they show no balances, only account names and
//! low-balance alerts.

use desk::event::LowBalanceNotice;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

const NAMED: usize = 3;

pub(crate) fn low_balances(app: &AppHandle, accounts: &[LowBalanceNotice]) {
    let (title, body) = words(accounts);
    let shown = app.notification().builder().title(title).body(body).show();
    if let Err(error) = shown {
        tracing::warn!(%error, "couldn't show a notification");
    }
}

fn words(accounts: &[LowBalanceNotice]) -> (String, String) {
    let title = match accounts {
        [_] => "A balance is low".to_owned(),
        several => format!("{} balances are low", several.len()),
    };
    let mut lines: Vec<String> = accounts
        .iter()
        .take(NAMED)
        .map(|account| {
            format!(
                "{} at {} is below {} {}.",
                account.account_name, account.institution_name, account.threshold, account.currency
            )
        })
        .collect();
    if accounts.len() > NAMED {
        lines.push(format!("And {} more.", accounts.len() - NAMED));
    }
    (title, lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_notification_names_a_few() {
        let notice = LowBalanceNotice {
            account_id: "a".to_owned(),
            account_name: "Rent".to_owned(),
            institution_name: "First Platypus Bank".to_owned(),
            threshold: "250.00".to_owned(),
            currency: "USD".to_owned(),
        };
        let (title, body) = words(std::slice::from_ref(&notice));
        assert_eq!(title, "A balance is low");
        assert_eq!(body, "Rent at First Platypus Bank is below 250.00 USD.");
        let (title, body) = words(&vec![notice; 5]);
        assert_eq!(title, "5 balances are low");
        assert_eq!(body.lines().count(), 4);
        assert!(body.ends_with("And 2 more."));
    }
}

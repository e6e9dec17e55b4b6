//! What of a kept body concerns one account, set out to be read. Numbers stay digit for digit.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The list of accounts of a body, where it has one.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    accounts: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow, default)]
    account_id: Option<std::borrow::Cow<'a, str>>,
}

/// The body with this account alone; none when it lists accounts and this one is not among them.
pub(super) fn about(body: &str, account_id: &str) -> Option<String> {
    let accounts = serde_json::from_str::<Body<'_>>(body)
        .ok()
        .and_then(|body| body.accounts);
    let Some(accounts) = accounts else {
        return Some(laid_out(body));
    };
    let list: Vec<&RawValue> = serde_json::from_str(accounts.get()).ok()?;
    let is_this = |account: &&&RawValue| {
        serde_json::from_str::<Named<'_>>(account.get())
            .is_ok_and(|named| named.account_id.as_deref() == Some(account_id))
    };
    let mine = list.iter().find(is_this)?;
    // The first place where the text of the whole list stands is the list.
    let alone = body.replacen(accounts.get(), &format!("[{}]", mine.get()), 1);
    Some(laid_out(&alone))
}

/// JSON with a line for each value, indented by two.
pub fn laid_out(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    let mut before = None;
    for c in json.chars() {
        if quoted {
            text.push(c);
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            before = Some(c);
            continue;
        }
        if c.is_whitespace() {
            continue;
        }
        match c {
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if !matches!(before, Some('{' | '[')) {
                    line(&mut text, depth);
                }
                text.push(c);
            }
            _ => {
                if matches!(before, Some('{' | '[')) {
                    line(&mut text, depth);
                }
                text.push(c);
                match c {
                    '"' => quoted = true,
                    '{' | '[' => depth += 1,
                    ',' => line(&mut text, depth),
                    ':' => text.push(' '),
                    _ => {}
                }
            }
        }
        before = Some(c);
    }
    text
}

fn line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_laid_out_with_one_account() {
        let body = r#"{"accounts":[{"account_id":"a","balances":{"current":100.10}},{"account_id":"b"}],"item":{},"list":[],"name":"a \"{b}\", [c]: \\"}"#;
        assert_eq!(
            about(body, "a").unwrap(),
            r#"{
  "accounts": [
    {
      "account_id": "a",
      "balances": {
        "current": 100.10
      }
    }
  ],
  "item": {},
  "list": [],
  "name": "a \"{b}\", [c]: \\"
}"#
        );
        assert_eq!(about(body, "c"), None);
        assert_eq!(
            about(r#"{"error_code":"X"}"#, "c").unwrap(),
            "{\n  \"error_code\": \"X\"\n}"
        );
    }
}

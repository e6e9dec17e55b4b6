//! The Nacha list of ACH return codes: what each means, who starts such a return, how long it can take, and what to do
//! next. The next steps follow the rules for re-presenting a debit: only for lack of money, or once the cause is gone.

use serde::Serialize;

use NextStep::*;
use ReturnInitiator::{Bank, Customer, Other};
use ReturnWindow::*;

/// One ACH return code of the Nacha list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(export, export_to = "returnCodes.ts"))]
pub struct ReturnReason {
    /// For example `R01`.
    pub code: &'static str,
    /// For example `Insufficient funds`.
    pub title: &'static str,
    /// One plain sentence.
    pub meaning: &'static str,
    pub initiated_by: ReturnInitiator,
    pub window: ReturnWindow,
    pub window_words: &'static str,
    /// Sentences for the user.
    pub next_words: &'static str,
    pub next: NextStep,
}

/// Who starts a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(export, export_to = "returnCodes.ts"))]
pub enum ReturnInitiator {
    /// The bank: within two banking days.
    Bank,
    /// The account holder: up to 60 days.
    Customer,
    /// Administrative, international and other codes.
    Other,
}

/// Within what time a return of some code comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(export, export_to = "returnCodes.ts"))]
pub enum ReturnWindow {
    /// Two banking days after settlement.
    TwoDays,
    /// Sixty calendar days after settlement.
    SixtyDays,
    /// The operator's or gateway's next file.
    NextFile,
    /// The banking day after a credit was refused.
    OnRefusal,
    /// No fixed time.
    Agreed,
    /// Five banking days after the return settled: a bank disputes it.
    FiveDaysAfterReturn,
    /// Two banking days after the disputed return settled.
    TwoDaysAfterDispute,
}

/// What to do after a return.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(export, export_to = "returnCodes.ts"))]
pub enum NextStep {
    /// It may be sent again as it is, twice.
    RePresent,
    /// Another account is needed.
    NewAccount,
    /// The numbers are wrong.
    CheckNumbers,
    /// The account holder did not allow it, or does not any more.
    NewAuthorization,
    /// It differs from what was allowed.
    CorrectWithinSixtyDays,
    /// The account holder stopped it.
    AuthorizedAgain,
    /// The reason is known to the bank only.
    FindOut,
    /// Somebody has died.
    Deceased,
    /// The account is blocked.
    Frozen,
    /// A field could not be processed, or the entry is suspicious.
    Suspected,
    /// A field of the entry is wrong.
    CorrectEntry,
    /// A credit.
    NotADebit,
    /// It was sent twice.
    Duplicate,
    /// An entry made from a check.
    MadeFromCheck,
    /// The bank itself is in trouble.
    BankNotSettling,
    /// An enrollment with a federal agency.
    Enrollment,
    /// Banks dispute a return.
    BetweenBanks,
    /// An international entry.
    International,
}

impl ReturnReason {
    pub fn find(code: &str) -> Option<&'static Self> {
        CODES.iter().find(|entry| entry.code == code)
    }

    /// The whole list, in the order of the codes.
    pub const fn all() -> &'static [Self] {
        CODES
    }
}

const fn entry(
    code: &'static str,
    title: &'static str,
    meaning: &'static str,
    initiated_by: ReturnInitiator,
    window: ReturnWindow,
    next: NextStep,
) -> ReturnReason {
    ReturnReason {
        code,
        title,
        meaning,
        initiated_by,
        window,
        window_words: window_words(window),
        next_words: next_words(next),
        next,
    }
}

/// R48, R49, R54 to R60, R63 to R66, R78 and R79 are not in use.
#[rustfmt::skip]
const CODES: &[ReturnReason] = &[
    entry("R01", "Insufficient funds", "The account did not hold enough money for the debit.", Bank, TwoDays, RePresent),
    entry("R02", "Account closed", "The account was open once and has been closed.", Bank, TwoDays, NewAccount),
    entry("R03", "No account or unable to locate account", "The number has the right form, but there is no such account or it is not this person's.", Bank, TwoDays, CheckNumbers),
    entry("R04", "Invalid account number", "The account number does not have the form that the bank uses.", Bank, TwoDays, CheckNumbers),
    entry("R05", "Unauthorized debit to a consumer account using a corporate code", "A consumer's account was debited with a business entry class and the consumer did not authorize it.", Customer, SixtyDays, NewAuthorization),
    entry("R06", "Returned at the originating bank's request", "The originating bank asked for the entry back.", Bank, Agreed, FindOut),
    entry("R07", "Authorization revoked by customer", "The customer had authorized the debit and has withdrawn that.", Customer, SixtyDays, NewAuthorization),
    entry("R08", "Payment stopped", "The customer told the bank to stop this payment.", Bank, TwoDays, AuthorizedAgain),
    entry("R09", "Uncollected funds", "The balance was high enough, but part of it had not been collected yet.", Bank, TwoDays, RePresent),
    entry("R10", "Originator not known or not authorized", "The customer says that they do not know the originator or did not authorize the debit.", Customer, SixtyDays, NewAuthorization),
    entry("R11", "Not in accordance with the authorization", "The customer authorized a debit, but not this amount, this date or this way.", Customer, SixtyDays, CorrectWithinSixtyDays),
    entry("R12", "Account sold to another bank", "The account was transferred to another bank.", Bank, TwoDays, NewAccount),
    entry("R13", "Invalid routing number", "The routing number belongs to no bank that takes ACH entries.", Bank, NextFile, CheckNumbers),
    entry("R14", "Representative payee deceased or unable to continue", "The person who received payments for somebody else can no longer do so.", Bank, TwoDays, Deceased),
    entry("R15", "Beneficiary or account holder deceased", "The account holder, or the person entitled to the payments, has died.", Bank, TwoDays, Deceased),
    entry("R16", "Account frozen", "The account is blocked by the bank, a court or the sanctions office (OFAC).", Bank, TwoDays, Frozen),
    entry("R17", "File record edit criteria", "A field could not be processed, or the bank suspects that the entry was made under questionable circumstances.", Bank, TwoDays, Suspected),
    entry("R18", "Improper effective entry date", "The date of the entry lies outside the days allowed.", Other, NextFile, CorrectEntry),
    entry("R19", "Amount field error", "The amount is missing, zero where it must not be, or not a number.", Other, NextFile, CorrectEntry),
    entry("R20", "Non-transaction account", "Debits are not allowed from this kind of account, such as some savings accounts.", Bank, TwoDays, NewAccount),
    entry("R21", "Invalid company identification", "The identification of the originating company is not valid.", Bank, TwoDays, CorrectEntry),
    entry("R22", "Invalid individual ID number", "The customer's identification number does not match the bank's records.", Bank, TwoDays, CorrectEntry),
    entry("R23", "Credit entry refused by receiver", "The account holder does not accept the credit.", Bank, OnRefusal, NotADebit),
    entry("R24", "Duplicate entry", "The bank has received the same entry before.", Bank, TwoDays, Duplicate),
    entry("R25", "Addenda error", "The additional record of the entry is missing or wrong.", Other, NextFile, CorrectEntry),
    entry("R26", "Mandatory field error", "A field that must be filled is empty or wrong.", Other, NextFile, CorrectEntry),
    entry("R27", "Trace number error", "The trace number of the entry is missing or does not match.", Other, NextFile, CorrectEntry),
    entry("R28", "Routing number check digit error", "The check digit of the routing number is wrong.", Other, NextFile, CheckNumbers),
    entry("R29", "Corporate customer advises not authorized", "A business says that it did not authorize the debit.", Customer, TwoDays, NewAuthorization),
    entry("R30", "Bank does not take part in check truncation", "The bank does not take electronic entries made from its checks.", Other, TwoDays, MadeFromCheck),
    entry("R31", "Permissible return entry", "The bank returns a business entry late, with the originating bank's consent.", Other, Agreed, FindOut),
    entry("R32", "Receiving bank non-settlement", "The receiving bank cannot settle the entry.", Other, NextFile, BankNotSettling),
    entry("R33", "Return of a destroyed check entry", "The bank returns an entry that stood for a destroyed check.", Other, SixtyDays, MadeFromCheck),
    entry("R34", "Limited participation bank", "A supervisor has limited the bank's part in ACH.", Other, Agreed, NewAccount),
    entry("R35", "Return of improper debit entry", "Debits are not allowed for this entry class or this account.", Other, TwoDays, CorrectEntry),
    entry("R36", "Return of improper credit entry", "Credits are not allowed for this entry class.", Other, NextFile, NotADebit),
    entry("R37", "Source document presented for payment", "The check that the entry was made from was paid as well.", Customer, SixtyDays, MadeFromCheck),
    entry("R38", "Stop payment on source document", "The customer had stopped the check that the entry was made from.", Customer, SixtyDays, MadeFromCheck),
    entry("R39", "Improper source document", "The check that the entry was made from may not be used so, or was paid as well.", Other, TwoDays, MadeFromCheck),
    entry("R40", "Enrollment returned by federal agency", "A federal agency returns an enrollment entry.", Other, TwoDays, Enrollment),
    entry("R41", "Invalid transaction code in enrollment", "The transaction code in an enrollment entry is not valid.", Other, TwoDays, Enrollment),
    entry("R42", "Routing number or check digit error in enrollment", "The routing number in an enrollment entry is not valid.", Other, TwoDays, Enrollment),
    entry("R43", "Invalid account number in enrollment", "The account number in an enrollment entry is not valid.", Other, TwoDays, Enrollment),
    entry("R44", "Invalid individual ID number in enrollment", "The identification number in an enrollment entry does not match.", Other, TwoDays, Enrollment),
    entry("R45", "Invalid name in enrollment", "The name in an enrollment entry does not match.", Other, TwoDays, Enrollment),
    entry("R46", "Invalid representative payee indicator in enrollment", "The representative payee mark in an enrollment entry is wrong.", Other, TwoDays, Enrollment),
    entry("R47", "Duplicate enrollment", "The agency has received the same enrollment before.", Other, TwoDays, Enrollment),
    entry("R50", "State law affecting re-presented checks", "The law of the state does not allow a re-presented check entry for this account.", Other, TwoDays, MadeFromCheck),
    entry("R51", "Re-presented check ineligible or improper", "The check may not be re-presented electronically, or the entry was not made properly.", Customer, SixtyDays, MadeFromCheck),
    entry("R52", "Stop payment on re-presented check", "The customer had stopped the check that was re-presented.", Customer, SixtyDays, MadeFromCheck),
    entry("R53", "Check and re-presented entry both presented", "The check was presented for payment as well as the electronic entry.", Customer, SixtyDays, MadeFromCheck),
    entry("R61", "Misrouted return", "The returning bank sent the return to the wrong bank.", Other, FiveDaysAfterReturn, BetweenBanks),
    entry("R62", "Return of erroneous or reversing debit", "The originating bank disputes the return of a debit that corrected an error.", Other, FiveDaysAfterReturn, BetweenBanks),
    entry("R67", "Duplicate return", "The originating bank has received the same return before.", Other, FiveDaysAfterReturn, BetweenBanks),
    entry("R68", "Untimely return", "The return came after the time allowed.", Other, FiveDaysAfterReturn, BetweenBanks),
    entry("R69", "Field errors in return", "Fields of the return are wrong.", Other, FiveDaysAfterReturn, BetweenBanks),
    entry("R70", "Permissible return not accepted or not requested", "The originating bank did not agree to the late return.", Other, FiveDaysAfterReturn, BetweenBanks),
    entry("R71", "Misrouted dishonored return", "The originating bank sent its answer to a return to the wrong bank.", Other, TwoDaysAfterDispute, BetweenBanks),
    entry("R72", "Untimely dishonored return", "The originating bank's answer to a return came too late.", Other, TwoDaysAfterDispute, BetweenBanks),
    entry("R73", "Timely original return", "The returning bank states that its return was in time.", Other, TwoDaysAfterDispute, BetweenBanks),
    entry("R74", "Corrected return", "The returning bank sends a return again with its fields corrected.", Other, TwoDaysAfterDispute, BetweenBanks),
    entry("R75", "Return not a duplicate", "The returning bank states that its return was not a duplicate.", Other, TwoDaysAfterDispute, BetweenBanks),
    entry("R76", "No errors found", "The returning bank states that its return had no errors.", Other, TwoDaysAfterDispute, BetweenBanks),
    entry("R77", "Dishonored return of a reversal not accepted", "The returning bank does not accept the originating bank's dispute (R62).", Other, TwoDaysAfterDispute, BetweenBanks),
    entry("R80", "International entry coding error", "An international entry has wrong codes.", Other, NextFile, International),
    entry("R81", "Bank does not take part in international ACH", "The gateway has no agreement with the originating bank.", Other, NextFile, International),
    entry("R82", "Invalid foreign bank identification", "The identification of the foreign bank is not valid.", Other, NextFile, International),
    entry("R83", "Foreign bank unable to settle", "The foreign bank cannot settle the entry.", Other, NextFile, International),
    entry("R84", "Entry not processed by gateway", "The gateway did not process the international entry.", Other, NextFile, International),
    entry("R85", "Incorrectly coded outbound international payment", "A payment that goes abroad was coded as a domestic one.", Other, TwoDays, International),
];

const fn window_words(window: ReturnWindow) -> &'static str {
    match window {
        TwoDays => "2 banking days after the debit settled",
        SixtyDays => "60 days after the debit settled",
        NextFile => "With the ACH operator's or gateway's next file",
        OnRefusal => "The banking day after the account holder refused the credit",
        Agreed => "No fixed time: the banks agree, or a supervisor orders it",
        FiveDaysAfterReturn => "5 banking days after the return settled",
        TwoDaysAfterDispute => "2 banking days after the disputed return settled",
    }
}

const fn next_words(next: NextStep) -> &'static str {
    match next {
        RePresent => {
            "May be re-presented up to two times within 180 days of the first debit, for the same amount and marked RETRY PYMT. Look at the balance first."
        }
        NewAccount => "Ask for new account details. Do not re-present.",
        CheckNumbers => {
            "Check routing and account number with the account holder and send a new entry with the right ones. Do not re-present it unchanged."
        }
        NewAuthorization => {
            "Stop debiting this account. Get a new authorization before any further debit. Do not re-present."
        }
        CorrectWithinSixtyDays => {
            "Correct what differs from the authorization. The corrected entry may be sent within 60 days after the return settled, without a new authorization."
        }
        AuthorizedAgain => {
            "Ask the account holder why. Re-present only if they authorize this debit again after the return, within 180 days of the first."
        }
        FindOut => "Ask your bank or processor for the reason before you debit again.",
        Deceased => {
            "Stop debiting this account. Turn to the family or the estate. Do not re-present."
        }
        Frozen => {
            "Do not debit this account until the bank has released it. Ask the account holder for another way to pay; if OFAC is named, ask your bank what to do."
        }
        Suspected => {
            "Read the text that came with it. If it says QUESTIONABLE, treat the account as fraud and do not debit it again; else correct the field and send a new entry."
        }
        CorrectEntry => {
            "Correct the field with your processor and send the entry again as a new one."
        }
        NotADebit => {
            "It concerns a credit. Ask the account holder for another way to receive the money."
        }
        Duplicate => "Check whether the first entry was paid. Do not re-present.",
        MadeFromCheck => {
            "It concerns an entry made from a check. Ask your bank before you collect in another way. Do not re-present."
        }
        BankNotSettling => {
            "The bank does not settle at present. Ask for another account or another way to pay."
        }
        Enrollment => {
            "It concerns an enrollment with a federal agency, not a debit. Ask your bank."
        }
        BetweenBanks => {
            "The banks settle this among themselves. Ask your bank or processor what it means for the debit."
        }
        International => "It concerns an international entry. Ask your bank or processor.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order_and_says_something_of_each() {
        assert_eq!(CODES.first().map(|code| code.code), Some("R01"));
        assert_eq!(CODES.last().map(|code| code.code), Some("R85"));
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
        for code in CODES {
            assert_eq!(code.code.len(), 3);
            assert!(!code.title.is_empty() && !code.title.ends_with('.'));
            assert!(code.meaning.ends_with('.'), "{}", code.code);
            assert!(code.next_words.ends_with('.'), "{}", code.code);
        }
    }

    #[test]
    fn only_for_lack_of_money_a_debit_is_simply_re_presented() {
        let simply: Vec<&str> = CODES
            .iter()
            .filter(|code| code.next == RePresent)
            .map(|code| code.code)
            .collect();
        assert_eq!(simply, ["R01", "R09"]);
        for code in CODES {
            let unauthorized = matches!(code.code, "R05" | "R07" | "R10" | "R29");
            assert_eq!(code.next == NewAuthorization, unauthorized, "{}", code.code);
            // What customers start, apart from a business's own word, may come for 60 days.
            if code.initiated_by == Customer && code.code != "R29" {
                assert_eq!(code.window, SixtyDays, "{}", code.code);
            }
        }
    }

    #[test]
    fn customers_and_banks_start_the_returns_that_plaid_says_they_do() {
        let by = |initiator| {
            let codes = CODES.iter().filter(|code| code.initiated_by == initiator);
            codes.map(|code| code.code).collect::<Vec<_>>()
        };
        for code in ["R05", "R07", "R10", "R11", "R29"] {
            assert!(by(Customer).contains(&code), "{code}");
        }
        for code in [
            "R01", "R02", "R03", "R04", "R06", "R08", "R09", "R13", "R16", "R17", "R20", "R23",
        ] {
            assert!(by(Bank).contains(&code), "{code}");
        }
        for unused in ["R49", "r01", ""] {
            assert!(ReturnReason::find(unused).is_none(), "{unused}");
        }
    }
}

//! The Nacha list of ACH return codes, with what each means in a sentence and who starts such a return.

use super::view::{
    ReturnCodeView,
    ReturnInitiator::{self, Bank, Customer, Other},
};

/// One code of the list.
pub(crate) struct ReturnCode {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    meaning: &'static str,
    initiated_by: ReturnInitiator,
}

const fn entry(
    code: &'static str,
    title: &'static str,
    meaning: &'static str,
    initiated_by: ReturnInitiator,
) -> ReturnCode {
    ReturnCode {
        code,
        title,
        meaning,
        initiated_by,
    }
}

/// R48, R49, R54 to R60, R63 to R66, R78 and R79 are not in use.
#[rustfmt::skip]
const CODES: &[ReturnCode] = &[
    entry("R01", "Insufficient funds", "The account did not hold enough money for the debit.", Bank),
    entry("R02", "Account closed", "The account was open once and has been closed.", Bank),
    entry("R03", "No account or unable to locate account", "The number has the right form, but there is no such account or it is not this person's.", Bank),
    entry("R04", "Invalid account number", "The account number does not have the form that the bank uses.", Bank),
    entry("R05", "Unauthorized debit to a consumer account using a corporate code", "A consumer's account was debited with a business entry class and the consumer did not authorize it.", Customer),
    entry("R06", "Returned at the originating bank's request", "The originating bank asked for the entry back.", Bank),
    entry("R07", "Authorization revoked by customer", "The customer had authorized the debit and has withdrawn that.", Customer),
    entry("R08", "Payment stopped", "The customer told the bank to stop this payment.", Bank),
    entry("R09", "Uncollected funds", "The balance was high enough, but part of it had not been collected yet.", Bank),
    entry("R10", "Originator not known or not authorized", "The customer says that they do not know the originator or did not authorize the debit.", Customer),
    entry("R11", "Not in accordance with the authorization", "The customer authorized a debit, but not this amount, this date or this way.", Customer),
    entry("R12", "Account sold to another bank", "The account was transferred to another bank.", Bank),
    entry("R13", "Invalid routing number", "The routing number belongs to no bank that takes ACH entries.", Bank),
    entry("R14", "Representative payee deceased or unable to continue", "The person who received payments for somebody else can no longer do so.", Bank),
    entry("R15", "Beneficiary or account holder deceased", "The account holder, or the person entitled to the payments, has died.", Bank),
    entry("R16", "Account frozen", "The account is blocked by the bank, a court or the sanctions office (OFAC).", Bank),
    entry("R17", "File record edit criteria", "A field could not be processed, or the bank suspects that the entry was made under questionable circumstances.", Bank),
    entry("R18", "Improper effective entry date", "The date of the entry lies outside the days allowed.", Other),
    entry("R19", "Amount field error", "The amount is missing, zero where it must not be, or not a number.", Other),
    entry("R20", "Non-transaction account", "Debits are not allowed from this kind of account, such as some savings accounts.", Bank),
    entry("R21", "Invalid company identification", "The identification of the originating company is not valid.", Bank),
    entry("R22", "Invalid individual ID number", "The customer's identification number does not match the bank's records.", Bank),
    entry("R23", "Credit entry refused by receiver", "The account holder does not accept the credit.", Bank),
    entry("R24", "Duplicate entry", "The bank has received the same entry before.", Bank),
    entry("R25", "Addenda error", "The additional record of the entry is missing or wrong.", Other),
    entry("R26", "Mandatory field error", "A field that must be filled is empty or wrong.", Other),
    entry("R27", "Trace number error", "The trace number of the entry is missing or does not match.", Other),
    entry("R28", "Routing number check digit error", "The check digit of the routing number is wrong.", Other),
    entry("R29", "Corporate customer advises not authorized", "A business says that it did not authorize the debit.", Customer),
    entry("R30", "Bank does not take part in check truncation", "The bank does not take electronic entries made from its checks.", Other),
    entry("R31", "Permissible return entry", "The bank returns a business entry late, with the originating bank's consent.", Other),
    entry("R32", "Receiving bank non-settlement", "The receiving bank cannot settle the entry.", Other),
    entry("R33", "Return of a destroyed check entry", "The bank returns an entry that stood for a destroyed check.", Other),
    entry("R34", "Limited participation bank", "A supervisor has limited the bank's part in ACH.", Other),
    entry("R35", "Return of improper debit entry", "Debits are not allowed for this entry class or this account.", Other),
    entry("R36", "Return of improper credit entry", "Credits are not allowed for this entry class.", Other),
    entry("R37", "Source document presented for payment", "The check that the entry was made from was paid as well.", Customer),
    entry("R38", "Stop payment on source document", "The customer had stopped the check that the entry was made from.", Customer),
    entry("R39", "Improper source document", "The check that the entry was made from may not be used so, or was paid as well.", Other),
    entry("R40", "Enrollment returned by federal agency", "A federal agency returns an enrollment entry.", Other),
    entry("R41", "Invalid transaction code in enrollment", "The transaction code in an enrollment entry is not valid.", Other),
    entry("R42", "Routing number or check digit error in enrollment", "The routing number in an enrollment entry is not valid.", Other),
    entry("R43", "Invalid account number in enrollment", "The account number in an enrollment entry is not valid.", Other),
    entry("R44", "Invalid individual ID number in enrollment", "The identification number in an enrollment entry does not match.", Other),
    entry("R45", "Invalid name in enrollment", "The name in an enrollment entry does not match.", Other),
    entry("R46", "Invalid representative payee indicator in enrollment", "The representative payee mark in an enrollment entry is wrong.", Other),
    entry("R47", "Duplicate enrollment", "The agency has received the same enrollment before.", Other),
    entry("R50", "State law affecting re-presented checks", "The law of the state does not allow a re-presented check entry for this account.", Other),
    entry("R51", "Re-presented check ineligible or improper", "The check may not be re-presented electronically, or the entry was not made properly.", Customer),
    entry("R52", "Stop payment on re-presented check", "The customer had stopped the check that was re-presented.", Customer),
    entry("R53", "Check and re-presented entry both presented", "The check was presented for payment as well as the electronic entry.", Customer),
    entry("R61", "Misrouted return", "The returning bank sent the return to the wrong bank.", Other),
    entry("R62", "Return of erroneous or reversing debit", "The originating bank disputes the return of a debit that corrected an error.", Other),
    entry("R67", "Duplicate return", "The originating bank has received the same return before.", Other),
    entry("R68", "Untimely return", "The return came after the time allowed.", Other),
    entry("R69", "Field errors in return", "Fields of the return are wrong.", Other),
    entry("R70", "Permissible return not accepted or not requested", "The originating bank did not agree to the late return.", Other),
    entry("R71", "Misrouted dishonored return", "The originating bank sent its answer to a return to the wrong bank.", Other),
    entry("R72", "Untimely dishonored return", "The originating bank's answer to a return came too late.", Other),
    entry("R73", "Timely original return", "The returning bank states that its return was in time.", Other),
    entry("R74", "Corrected return", "The returning bank sends a return again with its fields corrected.", Other),
    entry("R75", "Return not a duplicate", "The returning bank states that its return was not a duplicate.", Other),
    entry("R76", "No errors found", "The returning bank states that its return had no errors.", Other),
    entry("R77", "Dishonored return of a reversal not accepted", "The returning bank does not accept the originating bank's dispute (R62).", Other),
    entry("R80", "International entry coding error", "An international entry has wrong codes.", Other),
    entry("R81", "Bank does not take part in international ACH", "The gateway has no agreement with the originating bank.", Other),
    entry("R82", "Invalid foreign bank identification", "The identification of the foreign bank is not valid.", Other),
    entry("R83", "Foreign bank unable to settle", "The foreign bank cannot settle the entry.", Other),
    entry("R84", "Entry not processed by gateway", "The gateway did not process the international entry.", Other),
    entry("R85", "Incorrectly coded outbound international payment", "A payment that goes abroad was coded as a domestic one.", Other),
];

/// The whole list.
pub(crate) fn all() -> Vec<ReturnCodeView> {
    let view = |code: &ReturnCode| ReturnCodeView {
        code: code.code.to_owned(),
        title: code.title.to_owned(),
        meaning: code.meaning.to_owned(),
        initiated_by: code.initiated_by,
    };
    CODES.iter().map(view).collect()
}

/// The entry of a code, if there is one.
pub(crate) fn find(code: &str) -> Option<&'static ReturnCode> {
    CODES.iter().find(|entry| entry.code == code)
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
        assert!(find("R49").is_none() && find("r01").is_none() && find("").is_none());
    }
}

//! Signing in to a bank: passwords, second factors, and reCAPTCHA.

use crate::support::{INPUT, INSTITUTION, ITEM, LinkFrame, REQUEST, RunningSandbox};
use serde_json::{Value, json};

use super::{masks, token};

#[tokio::test]
async fn wrong_credentials_can_be_corrected() {
    let sandbox = RunningSandbox::start().await;
    let session = LinkFrame::at_first_platypus(&sandbox).await;
    session
        .rejects_sign_in("user_good", "nope", "INVALID_CREDENTIALS")
        .await;
    session
        .rejects_sign_in("", "pass_good", "INVALID_CREDENTIALS")
        .await;
    let signed_in = session.sign_in("anybody", "pass_good").await;
    assert_eq!(masks(&signed_in), ["0000", "1111", "9002"]);
}

#[tokio::test]
async fn error_passwords_force_each_of_plaids_errors() {
    let sandbox = RunningSandbox::start().await;
    let session = LinkFrame::at_first_platypus(&sandbox).await;
    for (status, error_type, error_code, displayed) in [
        (400, ITEM, "INVALID_CREDENTIALS", true),
        (400, ITEM, "INVALID_MFA", true),
        (400, ITEM, "INVALID_SEND_METHOD", false),
        (400, ITEM, "INSUFFICIENT_CREDENTIALS", false),
        (400, ITEM, "ITEM_LOCKED", true),
        (400, ITEM, "ITEM_NOT_SUPPORTED", true),
        (400, ITEM, "MFA_NOT_SUPPORTED", true),
        (400, ITEM, "NO_ACCOUNTS", true),
        (400, ITEM, "PASSWORD_RESET_REQUIRED", true),
        (400, ITEM, "PRODUCTS_NOT_SUPPORTED", true),
        (400, ITEM, "USER_INPUT_TIMEOUT", true),
        (400, ITEM, "USER_SETUP_REQUIRED", true),
        (400, ITEM, "ACCESS_NOT_GRANTED", true),
        (400, ITEM, "COUNTRY_NOT_SUPPORTED", false),
        (400, INSTITUTION, "INSTITUTION_DOWN", true),
        (400, INSTITUTION, "INSTITUTION_NOT_AVAILABLE", true),
        (400, INSTITUTION, "INSTITUTION_NOT_RESPONDING", true),
        (400, INSTITUTION, "INSTITUTION_NO_LONGER_SUPPORTED", true),
        (500, "API_ERROR", "INTERNAL_SERVER_ERROR", true),
        (400, "API_ERROR", "PLANNED_MAINTENANCE", true),
    ] {
        let failure = session
            .sign_in("user_good", &format!("error_{error_code}"))
            .await;
        failure.is_error(status, error_type, error_code);
        assert_eq!(
            failure.json["display_message"].is_string(),
            displayed,
            "{}",
            failure.text
        );
    }
    let signed_in = session.sign_in("user_good", "pass_good").await;
    assert_eq!(
        signed_in.text_at("/next"),
        "accounts",
        "none of them is the end"
    );
}

#[tokio::test]
async fn a_code_is_sent_to_the_chosen_device() {
    let sandbox = RunningSandbox::start().await;
    for (institution_id, password) in [("ins_109509", "pass_good"), ("ins_109508", "mfa_device")] {
        let session = LinkFrame::start(&sandbox, &token(&sandbox, json!({})).await).await;
        session.choose(institution_id).await;
        let step = session.sign_in("user_good", password).await;
        assert_eq!(step.text_at("/next"), "device");
        let devices = step.json["devices"].as_array().unwrap();
        session
            .rejects("code", json!({"code": "1234"}), REQUEST, "INVALID_FIELD")
            .await;
        session
            .rejects(
                "device",
                json!({"device": devices.len()}),
                REQUEST,
                "INVALID_FIELD",
            )
            .await;
        let sent = session.act("device", json!({"device": 1})).await;
        assert_eq!(
            (sent.text_at("/next"), &sent.json["sent_to"]),
            ("code".to_owned(), &devices[1])
        );
        session
            .rejects("code", json!({"code": "4321"}), ITEM, "INVALID_MFA")
            .await;
        // Nothing came: the code is sent elsewhere.
        session.act("device", json!({"device": 0})).await;
        let signed_in = session.act("code", json!({"code": " 1234 "})).await;
        assert_eq!(signed_in.text_at("/next"), "accounts");
    }
}

#[tokio::test]
async fn questions_and_selections_come_in_rounds() {
    let sandbox = RunningSandbox::start().await;
    let session = LinkFrame::at_first_platypus(&sandbox).await;
    let first = session.sign_in("user_good", "mfa_questions_2_2").await;
    assert_eq!(first.text_at("/next"), "questions");
    assert_eq!(first.json["questions"].as_array().unwrap().len(), 2);
    let answer = async |answers: Value| session.act("answers", json!({"answers": answers})).await;
    answer(json!(["answer_0_0", "answer_1_1"]))
        .await
        .is_error(400, ITEM, "INVALID_MFA");
    let second = answer(json!(["answer_0_0", "answer_0_1"])).await;
    assert_eq!(second.text_at("/next"), "questions");
    let last = answer(json!(["answer_1_0", "answer_1_1"])).await;
    assert_eq!(last.text_at("/next"), "accounts");

    for (password, right) in [
        ("mfa_selections", "Yes"),
        ("mfa_selections_1_1_4", "answer_0_0_0"),
    ] {
        let session = LinkFrame::at_first_platypus(&sandbox).await;
        let step = session.sign_in("user_good", password).await;
        assert_eq!(step.text_at("/next"), "selections");
        let options = step.json["questions"][0]["options"].as_array().unwrap();
        assert!(options.contains(&json!(right)), "{}", step.text);
        let wrong = json!({"answers": [options[1]]});
        session.rejects("answers", wrong, ITEM, "INVALID_MFA").await;
        let signed_in = session.act("answers", json!({"answers": [right]})).await;
        assert_eq!(signed_in.text_at("/next"), "accounts");
    }
}

#[tokio::test]
async fn a_recaptcha_comes_before_the_second_factor_and_can_fail() {
    let sandbox = RunningSandbox::start().await;
    let session = LinkFrame::at_first_platypus(&sandbox).await;
    let step = session
        .sign_in("user_good", r#"{"recaptcha": "bad"}"#)
        .await;
    assert_eq!(step.text_at("/next"), "recaptcha");
    session
        .rejects("recaptcha", json!({}), "RECAPTCHA_ERROR", "RECAPTCHA_BAD")
        .await;

    let description = json!({"recaptcha": "good", "mfa": {"type": "device"},
                             "override_accounts": [{"type": "depository", "subtype": "checking",
                                                    "starting_balance": 5, "meta": {"mask": "4321"}}]});
    let step = session
        .sign_in("user_custom", &description.to_string())
        .await;
    assert_eq!(step.text_at("/next"), "recaptcha");
    assert_eq!(
        session.act("recaptcha", json!({})).await.text_at("/next"),
        "device"
    );
    session.act("device", json!({"device": 0})).await;
    let signed_in = session.act("code", json!({"code": "1234"})).await;
    assert_eq!(masks(&signed_in), ["4321"]);
}

#[tokio::test]
async fn after_a_bank_that_cannot_be_linked_another_can() {
    let sandbox = RunningSandbox::start().await;
    let session = LinkFrame::start(&sandbox, &token(&sandbox, json!({})).await).await;
    session
        .choose("ins_132361")
        .await
        .is_error(400, INSTITUTION, "INSTITUTION_DOWN");
    session.choose("ins_133402").await.is_error(
        400,
        INSTITUTION,
        "INSTITUTION_NO_LONGER_SUPPORTED",
    );
    session
        .choose("ins_0")
        .await
        .is_error(400, INPUT, "INVALID_INSTITUTION");
    assert_eq!(
        session.choose("ins_132363").await.text_at("/next"),
        "credentials"
    );
}

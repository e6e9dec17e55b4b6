//! Names every command the main window may be granted, so that one that is not granted is refused.

/// The commands of `src/commands`, one list per feature.
const COMMANDS: &[&str] = &[
    // start
    "app_status",
    "choose_secret_store",
    "change_secret_store",
    "unlock_secrets",
    "open_environment",
    "close_environment",
    "save_keys",
    "remove_keys",
    "erase_environment",
    "start_over",
    // settings
    "settings_view",
    "settings_save",
    // items
    "items_view",
    "people_list",
    "item_check",
    "item_rotate_token",
    "item_remove",
    "item_reset_login",
    "item_not_duplicate",
    "item_dismiss_advice",
    // balances
    "balances_refresh",
    "balances_cancel",
    "balances_plan",
    "billing_view",
    // accounts
    "accounts_list",
    "account_rename",
    "account_set_low_balance",
    "account_hide",
    "account_support",
    // history
    "history",
    "readings_page",
    "change_since",
    // export
    "export_pick",
    // link
    "link_start",
    "link_repair",
    "link_session",
    "link_sessions",
    "link_cancel",
    "link_focus",
    "link_in_browser",
    "link_browser_address",
    "link_decide",
    "invitation_create",
    "invitations",
    "invitation_check",
    "invitation_renew",
    "invitation_mail",
    // signal
    "evaluate",
    "evaluation_ask_again",
    "evaluations_running",
    "evaluation_cancel",
    "evaluation_settle",
    "evaluate_facts",
    "core_attributes",
    "action_keys",
    "action_key_save",
    "action_key_forget",
    "debit_margin",
    "debit_margin_save",
    "evaluation",
    "decision_record",
    "return_record",
    "deliver_now",
    // decisions
    "decisions_due",
    "decisions_due_count",
    "debit_mark",
    "report_history",
    "deliveries",
    "delivery_leave_out",
    "report_file_filed",
    // returns
    "return_codes",
    "returns_list",
    "account_returns",
    "return_import_pick",
    "return_import",
    "return_import_map",
    "return_import_rows",
    "return_import_choose",
    "return_import_choose_suggested",
    "return_import_search",
    "return_import_record",
    "return_import_discard",
    // batches
    "batch_open_file",
    "batch_paste",
    "batch_check",
    "batch_import",
    "batch_discard",
    "batches_list",
    "batch",
    "batch_rows",
    "batch_plan",
    "batch_run",
    "batch_pause",
    "batch_cancel",
    "batch_ask_failed_again",
    "batch_decide",
    "batch_take_back",
    // activity
    "activity_page",
    // outcomes
    "outcomes",
    // audit
    "audit",
    // demo
    "demo_view",
    "demo_change",
    "demo_reset",
    // pages
    "open_page",
];

fn main() {
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/*.json")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}

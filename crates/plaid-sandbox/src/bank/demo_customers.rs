//! The named customers of the make-believe banks, made for a desk's demo: a household, tenants
//! with rent to pay, a student, a freelancer, a bakery, a lender. Each balance moves in its own
//! way, and adds up to where it began.

use super::customers::{BankAccount, Movement, depository};

/// One customer that has a name of its own.
pub(crate) struct Named {
    /// What it signs in with.
    pub(crate) username: &'static str,
    pub(super) accounts: &'static [BankAccount<'static>],
}

/// All of them.
pub(crate) static NAMED: [Named; 10] = [
    Named {
        username: "user_household",
        accounts: &HOUSEHOLD,
    },
    Named {
        username: "user_business",
        accounts: &BUSINESS,
    },
    Named {
        username: "user_bakery",
        accounts: &BAKERY,
    },
    Named {
        username: "user_freelancer",
        accounts: &FREELANCER,
    },
    Named {
        username: "user_student",
        accounts: &STUDENT,
    },
    Named {
        username: "user_tenant_ana",
        accounts: &TENANT_ANA,
    },
    Named {
        username: "user_tenant_ben",
        accounts: &TENANT_BEN,
    },
    Named {
        username: "user_tenant_cho",
        accounts: &TENANT_CHO,
    },
    Named {
        username: "user_canada",
        accounts: &CANADA,
    },
    Named {
        username: "user_lender",
        accounts: &LENDER,
    },
];

static HOUSEHOLD: [BankAccount<'static>; 4] = [
    BankAccount {
        official_name: Some("Everyday Checking"),
        available: Some("1842.17"),
        current: Some("1842.17"),
        movement: Movement::Postings {
            changes: &[
                -6_190, -2_348, 125_000, -41_235, -8_999, -3_120, -53_108, -10_000,
            ],
            holds: &[0, 2_500, 0, 6_140, 0],
            spread: 0,
        },
        ..depository("0100", "Household Checking", "checking")
    },
    BankAccount {
        official_name: Some("Rainy Day Savings"),
        available: Some("7310.55"),
        current: Some("7310.55"),
        ..depository("0200", "Household Savings", "savings")
    },
    BankAccount {
        official_name: Some("Holiday Club Savings"),
        current: Some("640"),
        ..depository("0300", "Holiday Savings", "savings")
    },
    BankAccount {
        official_name: Some("Second Checking"),
        available: Some("-35.2"),
        current: Some("-35.2"),
        ..depository("0400", "Bills Checking", "checking")
    },
];

static BUSINESS: [BankAccount<'static>; 3] = [
    BankAccount {
        official_name: Some("Commercial Operating Account"),
        holder_category: "business",
        available: Some("248310.42"),
        current: Some("251004.9"),
        movement: Movement::Postings {
            changes: &[-1_284_000, 3_450_075, -612_560, -1_553_515],
            holds: &[269_448, 0, 450_000],
            spread: 0,
        },
        ..depository("2100", "Business Checking", "checking")
    },
    BankAccount {
        official_name: Some("Commercial Reserve"),
        holder_category: "business",
        available: Some("1200000"),
        current: Some("1200000"),
        ..depository("2200", "Business Savings", "savings")
    },
    BankAccount {
        official_name: Some("Euro Girokonto"),
        holder_category: "business",
        currency: "EUR",
        available: Some("18420.75"),
        current: Some("13420.75"),
        limit: Some("5000"),
        ..depository("2300", "Business Euro Account", "checking")
    },
];

/// Takings by day, wages and flour: it is never quite clear what is there.
static BAKERY: [BankAccount<'static>; 5] = [
    BankAccount {
        official_name: Some("Small Business Checking"),
        holder_category: "business",
        available: Some("8412.36"),
        current: Some("9120.11"),
        movement: Movement::Postings {
            changes: &[
                61_240, -18_350, 58_815, -9420, 70_310, -112_500, 64_405, -23_990, 81_255,
                -172_000, 66_130, -65_895,
            ],
            holds: &[70_775, 12_000, 0, 41_310, 5250],
            spread: 3850,
        },
        ..depository("3100", "Bakery Operating", "checking")
    },
    BankAccount {
        official_name: Some("Business Savings"),
        holder_category: "business",
        available: Some("14250"),
        current: Some("14250"),
        ..depository("3200", "Bakery Tax Reserve", "savings")
    },
    BankAccount {
        official_name: Some("Payroll Checking"),
        holder_category: "business",
        current: Some("2310.4"),
        ..depository("3300", "Bakery Payroll", "checking")
    },
    BankAccount {
        official_name: Some("Business Rewards Card"),
        account_type: "credit",
        holder_category: "business",
        available: Some("11087.23"),
        current: Some("3912.77"),
        limit: Some("15000"),
        movement: Movement::Postings {
            changes: &[
                4210, 12_890, 2375, -18_000, 7740, 3115, 9950, -15_000, 2260, -9540,
            ],
            holds: &[0, 4300, 1250],
            spread: 1875,
        },
        ..depository("3400", "Bakery Card", "credit card")
    },
    BankAccount {
        official_name: Some("Equipment Loan"),
        account_type: "loan",
        holder_category: "business",
        current: Some("41870.55"),
        ..depository("3500", "Oven Loan", "business")
    },
];

/// Overdrawn more often than not, with money that comes late.
static FREELANCER: [BankAccount<'static>; 4] = [
    BankAccount {
        official_name: Some("Simple Checking"),
        available: Some("-247.48"),
        current: Some("-212.48"),
        movement: Movement::Postings {
            changes: &[
                -4120, -1899, 62_500, -3340, -27_500, -1275, -8830, -6410, -9126,
            ],
            holds: &[3500, 0, 1275],
            spread: 640,
        },
        ..depository("4100", "Freelancer Checking", "checking")
    },
    BankAccount {
        official_name: Some("Starter Savings"),
        available: Some("3.12"),
        current: Some("3.12"),
        ..depository("4200", "Freelancer Savings", "savings")
    },
    BankAccount {
        official_name: Some("PayPal Balance"),
        available: Some("1480"),
        ..depository("4300", "Client Payments", "paypal")
    },
    BankAccount {
        account_type: "investment",
        currency: "BTC",
        unofficial_currency: true,
        current: Some("0.04312975"),
        ..depository("4400", "Bitcoin Wallet", "crypto exchange")
    },
];

/// Small amounts, a card at its limit, and an old account that the bank closes after a month.
static STUDENT: [BankAccount<'static>; 5] = [
    BankAccount {
        official_name: Some("Campus Checking"),
        available: Some("182.64"),
        current: Some("197.14"),
        movement: Movement::Postings {
            changes: &[-1245, -899, -2310, 20_000, -640, -4475, -1180, -325, -8926],
            holds: &[1450, 0, 620],
            spread: 315,
        },
        ..depository("5100", "Student Checking", "checking")
    },
    BankAccount {
        official_name: Some("Youth Checking"),
        available: Some("12.05"),
        current: Some("12.05"),
        closes_after_days: Some(30),
        ..depository("5200", "Old Student Checking", "checking")
    },
    BankAccount {
        official_name: Some("Campus Prepaid"),
        available: Some("41.5"),
        ..depository("5300", "Campus Card", "prepaid")
    },
    BankAccount {
        official_name: Some("Student Credit Card"),
        account_type: "credit",
        available: Some("12.09"),
        current: Some("487.91"),
        limit: Some("500"),
        ..depository("5400", "Student Card", "credit card")
    },
    BankAccount {
        official_name: Some("Federal Direct Loan"),
        account_type: "loan",
        current: Some("18240.33"),
        ..depository("5500", "Student Loan", "student")
    },
];

/// Pays the rent without a thought.
static TENANT_ANA: [BankAccount<'static>; 2] = [
    BankAccount {
        official_name: Some("Premier Checking"),
        available: Some("2940.18"),
        current: Some("2998.43"),
        movement: Movement::Postings {
            changes: &[
                -8420, -3115, 145_000, -6230, -2890, -12_475, -99_000, -12_870,
            ],
            holds: &[5825, 0, 2150],
            spread: 980,
        },
        ..depository("6100", "Ana Checking", "checking")
    },
    BankAccount {
        official_name: Some("Premier Savings"),
        available: Some("8100"),
        current: Some("8100"),
        ..depository("6200", "Ana Savings", "savings")
    },
];

/// Has the rent on some days, and not on others.
static TENANT_BEN: [BankAccount<'static>; 1] = [BankAccount {
    official_name: Some("Everyday Checking"),
    available: Some("611.4"),
    current: Some("640.9"),
    movement: Movement::Postings {
        changes: &[-2890, -5415, -1120, 92_500, -7740, -48_000, -6615, -20_720],
        holds: &[2950, 0, 8000, 1125],
        spread: 760,
    },
    ..depository("6300", "Ben Checking", "checking")
}];

/// Overdrawn, with an account whose available balance the bank does not tell.
static TENANT_CHO: [BankAccount<'static>; 2] = [
    BankAccount {
        official_name: Some("Basic Checking"),
        available: Some("-88.15"),
        current: Some("-88.15"),
        movement: Movement::Postings {
            changes: &[-1500, 30_000, -9995, -4210, -8640, -5655],
            holds: &[0, 1500],
            spread: 450,
        },
        ..depository("6400", "Cho Checking", "checking")
    },
    BankAccount {
        official_name: Some("Share Savings"),
        current: Some("25"),
        ..depository("6500", "Cho Share Account", "savings")
    },
];

/// Canadian dollars, with an overdraft that is agreed, and some US dollars.
static CANADA: [BankAccount<'static>; 4] = [
    BankAccount {
        official_name: Some("Everyday Chequing"),
        currency: "CAD",
        available: Some("4218.77"),
        current: Some("4260.02"),
        limit: Some("1000"),
        movement: Movement::Postings {
            changes: &[
                -7315, -2240, 210_000, -14_120, -88_500, -31_995, -5430, -60_400,
            ],
            holds: &[4125, 0, 9900],
            spread: 1240,
        },
        ..depository("7100", "Chequing", "checking")
    },
    BankAccount {
        official_name: Some("Tax-Free Savings Account"),
        account_type: "investment",
        currency: "CAD",
        current: Some("15300"),
        ..depository("7200", "TFSA", "tfsa")
    },
    BankAccount {
        official_name: Some("US Dollar Savings"),
        available: Some("1205.6"),
        current: Some("1205.6"),
        ..depository("7300", "US Dollar Savings", "savings")
    },
    BankAccount {
        official_name: Some("Cash Back Visa"),
        account_type: "credit",
        currency: "CAD",
        available: Some("5388.26"),
        current: Some("611.74"),
        limit: Some("6000"),
        movement: Movement::Postings {
            changes: &[3395, 8120, 1560, -20_000, 4775, 2150],
            holds: &[0, 2400],
            spread: 890,
        },
        ..depository("7400", "Visa", "credit card")
    },
];

/// A small lender: money goes out in lumps and comes back in pieces.
static LENDER: [BankAccount<'static>; 4] = [
    BankAccount {
        official_name: Some("Commercial Checking"),
        holder_category: "business",
        available: Some("184220.91"),
        current: Some("191400.91"),
        movement: Movement::Postings {
            changes: &[
                -1_250_000, 842_315, -90_480, 1_510_050, -2_000_000, 611_240, -48_975, 425_850,
            ],
            holds: &[718_000, 0, 250_000],
            spread: 41_500,
        },
        ..depository("8100", "Lender Operating", "checking")
    },
    BankAccount {
        official_name: Some("Collections Account"),
        holder_category: "business",
        available: Some("512900"),
        current: Some("512900"),
        movement: Movement::Postings {
            changes: &[
                412_055, 388_120, -3_000_000, 502_310, 497_765, 611_900, 587_850,
            ],
            holds: &[0],
            spread: 12_750,
        },
        ..depository("8200", "Lender Collections", "checking")
    },
    BankAccount {
        official_name: Some("Revolving Line of Credit"),
        account_type: "loan",
        holder_category: "business",
        current: Some("250000"),
        limit: Some("400000"),
        ..depository("8300", "Warehouse Line", "line of credit")
    },
    BankAccount {
        official_name: Some("Euro Settlement Account"),
        holder_category: "business",
        currency: "EUR",
        available: Some("22310.55"),
        current: Some("22310.55"),
        ..depository("8400", "Euro Settlement", "checking")
    },
];

//! What the shop sells, to whom, and where they live. All of it is made up.

/// Something it sells: stock-keeping unit, name, price in cents.
pub const PRODUCTS: &[(&str, &str, i64)] = &[
    ("TENT-2P-FJL", "Tent Fjell 2", 24_900),
    ("TENT-4P-FJL", "Tent Fjell 4", 38_950),
    ("BAG-45-GRY", "Backpack Grey 45 l", 13_900),
    ("BAG-20-RED", "Daypack Red 20 l", 5_995),
    ("BOOT-42-BRN", "Hiking boot Brown 42", 16_490),
    ("BOOT-38-BLU", "Hiking boot Blue 38", 15_990),
    ("STOVE-GAS-1", "Gas stove Uno", 4_295),
    ("FUEL-230", "Gas cartridge 230 g", 649),
    ("LAMP-HEAD-3", "Head lamp 300 lm", 3_990),
    ("ROPE-60-98", "Rope 9.8 mm 60 m", 14_999),
    ("HELM-M-WHT", "Helmet White M", 6_450),
    ("HARN-L-BLK", "Harness Black L", 7_395),
    ("CARA-SCREW", "Carabiner with screw gate", 1_190),
    ("POLE-CARB-2", "Trekking poles, pair", 8_900),
    ("MAT-SELF-5", "Sleeping mat 5 cm", 6_995),
    ("SLEEP-D-3", "Sleeping bag -3 °C", 18_900),
    ("BOTTLE-1L", "Bottle 1 l", 1_895),
    ("JACKET-M-GRN", "Rain jacket Green M", 12_900),
    ("GLOVE-S-BLK", "Gloves Black S", 2_990),
    ("MAP-ALPS-12", "Map, Alps sheet 12", 1_450),
];

/// Given names.
pub const GIVEN: &[&str] = &[
    "Anna", "Jonas", "Léa", "Mateo", "Ingrid", "Tomasz", "Zoë", "Björn", "Chiara", "Paweł",
    "Saoirse", "Emil", "Noor", "Václav", "Ana", "Lukas", "Freya", "Dimitra", "Henrik", "Élodie",
];

/// Family names.
pub const FAMILY: &[&str] = &[
    "Lindqvist",
    "Moreau",
    "García",
    "Novák",
    "Kowalska",
    "Rossi",
    "de Vries",
    "Schneider",
    "O'Connor",
    "Papadaki",
    "Hansen",
    "Müller",
    "Silva",
    "Horvat",
    "Virtanen",
    "Keller",
];

/// Cities with country and post code.
pub const CITIES: &[(&str, &str, &str)] = &[
    ("Graz", "AT", "8010"),
    ("Grenoble", "FR", "38000"),
    ("Bergen", "NO", "5003"),
    ("Kraków", "PL", "31-004"),
    ("Bolzano", "IT", "39100"),
    ("Zaragoza", "ES", "50001"),
    ("Utrecht", "NL", "3511 AB"),
    ("Göteborg", "SE", "411 03"),
    ("Innsbruck", "AT", "6020"),
    ("Brno", "CZ", "602 00"),
    ("Cork", "IE", "T12 R5CP"),
    ("Freiburg", "DE", "79098"),
];

/// Currencies other than the euro, with the rate of a day, digit for digit as the bank sends it.
pub const RATES: &[(&str, &str)] = &[
    ("EUR", "1"),
    ("NOK", "11.64370000000000000125"),
    ("PLN", "4.26583219999999999987"),
    ("SEK", "11.02150000000000000033"),
    ("CZK", "24.31870000000000000004"),
];

/// Pages of the shop.
pub const PAGES: &[&str] =
    &["/", "/tents", "/climbing", "/sale", "/cart", "/checkout", "/account/orders", "/search"];

/// Browsers.
pub const BROWSERS: &[&str] = &["Firefox 146", "Chromium 143", "Safari 19", "ShopApp 5.2"];

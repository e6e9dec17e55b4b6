//! Draws the logos of the institutions from a color and a pattern. Like Plaid's, they are PNG files of 152x152 pixels.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::institutions::Institution;

const SIZE: usize = 152;
const CORNER: usize = 34;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogoPattern {
    Waves,
    Scales,
    Gingham,
    Tattersall,
    Tartan,
    Houndstooth,
    Key,
    BrokenWaves,
    Calm,
    Barred,
    Arcs,
    Lozenge,
}

pub(crate) fn png(institution: &Institution) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let side = SIZE as u32;
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels(institution))?;
    writer.finish()?;
    Ok(file)
}

pub(crate) fn base64_png(institution: &Institution) -> Result<String, png::EncodingError> {
    Ok(STANDARD.encode(png(institution)?))
}

fn pixels(institution: &Institution) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(SIZE * SIZE * 4);
    for y in 0..SIZE {
        for x in 0..SIZE {
            let white = institution.logo_pattern.whiteness(x, y);
            let [_, red, green, blue] = institution.primary_color.to_be_bytes();
            for channel in [red, green, blue] {
                let lightened = u32::from(channel) + (255 - u32::from(channel)) * white / 100;
                pixels.push(lightened.min(255) as u8);
            }
            pixels.push(if in_rounded_square(x, y) { 255 } else { 0 });
        }
    }
    pixels
}

fn in_rounded_square(x: usize, y: usize) -> bool {
    let beyond = |at: usize| {
        CORNER
            .saturating_sub(at)
            .max((at + CORNER).saturating_sub(SIZE - 1))
    };
    beyond(x).pow(2) + beyond(y).pow(2) <= CORNER.pow(2)
}

impl LogoPattern {
    /// In percent.
    fn whiteness(self, x: usize, y: usize) -> u32 {
        let white_if = |condition: bool, percent: u32| if condition { percent } else { 0 };
        let stripe = |at: usize, period: usize, width: usize| at % period < width;
        match self {
            LogoPattern::Gingham => {
                32 * (u32::from(stripe(x, 38, 19)) + u32::from(stripe(y, 38, 19)))
            }
            LogoPattern::Tattersall => {
                if stripe(x + 4, 30, 4) || stripe(y + 4, 30, 4) {
                    85
                } else {
                    white_if(stripe(x + 16, 30, 2) || stripe(y + 16, 30, 2), 45)
                }
            }
            LogoPattern::Tartan => {
                let thread = |at: usize| {
                    u32::from(stripe(at + 8, 50, 16)) * 22 + u32::from(stripe(at + 31, 50, 4)) * 55
                };
                (thread(x) + thread(y)).min(90)
            }
            LogoPattern::Houndstooth => {
                let (column, row) = ((x / 19) % 2, (y / 19) % 2);
                let diagonal = (x + y) % 19 < 9;
                white_if((column + row == 0) || (column + row == 1 && diagonal), 92)
            }
            LogoPattern::Waves => {
                // A triangle wave, so that drawing needs no floating point.
                let rise = (x % 50).abs_diff(25);
                white_if((30..128).contains(&y) && (y + rise / 2) % 30 < 11, 90)
            }
            LogoPattern::Scales => {
                let beam = (44..52).contains(&y) && (26..126).contains(&x);
                let post = (72..80).contains(&x) && (30..122).contains(&y);
                let foot = (114..122).contains(&y) && (52..100).contains(&x);
                let pan =
                    |center: usize| (82..96).contains(&y) && x.abs_diff(center) + (y - 82) < 24;
                let cord = |center: usize| {
                    (52..82).contains(&y) && x.abs_diff(center).abs_diff((y - 52) * 22 / 30) < 3
                };
                white_if(
                    beam || post || foot || pan(38) || pan(114) || cord(38) || cord(114),
                    94,
                )
            }
            LogoPattern::BrokenWaves => {
                let broken = x > 60 && x < 92 && x.abs_diff(76) + y.abs_diff(76) / 8 < 16;
                if broken {
                    0
                } else {
                    Self::Waves.whiteness(x, y)
                }
            }
            LogoPattern::Calm => {
                let line = (96..104).contains(&y) && (26..126).contains(&x);
                let sun = x.abs_diff(76).pow(2) + y.abs_diff(68).pow(2) < 18 * 18;
                white_if(line || sun, 88)
            }
            LogoPattern::Barred => {
                let from_center = x.abs_diff(76).pow(2) + y.abs_diff(76).pow(2);
                let ring = (36 * 36..46 * 46).contains(&from_center);
                let bar = x.abs_diff(y) < 7 && from_center < 46 * 46;
                white_if(ring || bar, 90)
            }
            LogoPattern::Arcs => {
                let from_foot = x.abs_diff(76).pow(2) + y.abs_diff(112).pow(2);
                let arc = |radius: usize| {
                    (radius.pow(2)..(radius + 9).pow(2)).contains(&from_foot) && y <= 112
                };
                white_if(arc(18) || arc(36) || arc(54), 92)
            }
            LogoPattern::Lozenge => {
                let from_center = x.abs_diff(76) + y.abs_diff(76);
                if from_center < 30 {
                    94
                } else if from_center < 40 {
                    0
                } else {
                    Self::Tartan.whiteness(x, y)
                }
            }
            LogoPattern::Key => {
                let from_center = x.abs_diff(50).pow(2) + y.abs_diff(76).pow(2);
                let ring = (14 * 14..26 * 26).contains(&from_center);
                let shaft = (71..81).contains(&y) && (74..126).contains(&x);
                let teeth =
                    (81..98).contains(&y) && ((100..108).contains(&x) || (116..124).contains(&x));
                white_if(ring || shaft || teeth, 94)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::institutions::INSTITUTIONS;

    #[test]
    fn logos_differ() {
        for (position, one) in INSTITUTIONS.iter().enumerate() {
            for other in &INSTITUTIONS[position + 1..] {
                assert_ne!(
                    one.logo_pattern, other.logo_pattern,
                    "{} {}",
                    one.name, other.name
                );
                assert_ne!(pixels(one), pixels(other), "{} {}", one.name, other.name);
            }
        }
    }

    #[test]
    fn every_logo_is_a_png_of_152_pixels() {
        for institution in &INSTITUTIONS {
            let file = png(institution).unwrap();
            let decoded = png::Decoder::new(std::io::Cursor::new(file))
                .read_info()
                .unwrap();
            assert_eq!(
                (decoded.info().width, decoded.info().height),
                (152, 152),
                "{}",
                institution.name
            );
        }
    }
}

import classes from "./InstitutionMark.module.css";

interface Props {
  name: string;
  /** Base64 PNG. */
  logo: string | null;
  /** CSS color such as `#095aa6`. */
  colour: string | null;
  size?: number;
}

/** Black or white, whichever is readable on the color. */
function textOn(colour: string): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const linear = channels.map((value) =>
    value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  const [red = 0, green = 0, blue = 0] = linear;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000000" : "#ffffff";
}

/** An institution's logo, or its initial on its color. */
export function InstitutionMark({ name, logo, colour, size = 36 }: Props) {
  if (logo) {
    return (
      <img
        className={classes.mark}
        src={`data:image/png;base64,${logo}`}
        alt=""
        width={size}
        height={size}
      />
    );
  }
  const own = colour && /^#[0-9a-f]{6}$/i.test(colour) ? colour : null;
  return (
    <span
      className={classes.mark}
      style={{
        width: size,
        height: size,
        ...(own ? { background: own, color: textOn(own) } : {}),
      }}
      aria-hidden
    >
      {[...name.trim()][0]?.toUpperCase() ?? "?"}
    </span>
  );
}

/** The desk rejects shorter ones; the form says so first. */
export const SHORTEST_PASSPHRASE = 10;

interface Strength {
  /** 0 to 100, for the bar. */
  share: number;
  colour: string;
  words: string;
}

/** A rough hint: mostly length, less for few different characters. */
export function passphraseStrength(typed: string): Strength {
  const characters = [...typed];
  const different = new Set(characters.map((character) => character.toLowerCase())).size;
  const weight = Math.min(characters.length, different * 2);
  if (characters.length === 0) return { share: 0, colour: "gray", words: "" };
  if (characters.length < SHORTEST_PASSPHRASE) {
    const missing = SHORTEST_PASSPHRASE - characters.length;
    return { share: 15, colour: "red.7", words: `${missing} more to go` };
  }
  if (weight < 14) return { share: 40, colour: "orange.7", words: "Weak" };
  if (weight < 20) return { share: 70, colour: "yellow.7", words: "Fair" };
  return { share: 100, colour: "teal.7", words: "Strong" };
}

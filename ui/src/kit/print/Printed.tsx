import { formatTime } from "../format";
import { useEnvironment } from "../navigation/environment";
import { environmentWords } from "../words/environment";

/** Print time and environment, so that printed practice data can't pass for real data. */
export function Printed() {
  const { name, words } = environmentWords[useEnvironment()];
  return (
    <>
      printed {formatTime(new Date().toISOString())}, {name} ({words})
    </>
  );
}

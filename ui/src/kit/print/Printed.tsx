import { formatTime } from "../format";
import { useEnvironment } from "../navigation/environment";
import { environmentWords } from "../words/environment";

/** When something was put on paper and of which environment it is: practice data never passes for real money. */
export function Printed() {
  const { name, words } = environmentWords[useEnvironment()];
  return (
    <>
      printed {formatTime(new Date().toISOString())}, {name} ({words})
    </>
  );
}

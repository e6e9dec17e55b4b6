import type { Environment } from "../../api/environment";
import { environmentWords } from "../words/environment";
import classes from "./EnvironmentBadge.module.css";

export function EnvironmentBadge({ environment }: { environment: Environment }) {
  const { name, words } = environmentWords[environment];
  return (
    <span
      className={classes.badge}
      data-environment={environment}
      data-testid="environment-badge"
      role="status"
      aria-label={`Open environment: ${name} – ${words}`}
    >
      <span className={classes.dot} aria-hidden />
      <span className={classes.name}>{name}</span>
      <span className={classes.words}>– {words}</span>
    </span>
  );
}

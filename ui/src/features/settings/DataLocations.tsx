import type { SettingsView } from "../../api/settings";
import { CopyText } from "../../kit/components/CopyText";
import { Section } from "../../kit/components/Section";
import classes from "./DataLocations.module.css";

export function DataLocations({ view, dataDir }: { view: SettingsView; dataDir: string }) {
  const places = [
    { name: "Data file of this environment (encrypted)", path: view.databasePath },
    { name: "Logs", path: view.logDir },
    { name: "Everything", path: dataDir },
  ];
  return (
    <Section title="Where data lies">
      <dl className={classes.places}>
        {places.map(({ name, path }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <CopyText text={path} what={`path: ${name}`} />
            </dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

import { Tooltip, UnstyledButton } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useDemo } from "../data/demo";
import { changedSettings } from "../features/demo/words";
import { useNavigation } from "../kit/navigation/route";
import classes from "./DemoPlace.module.css";
import frame from "./Frame.module.css";

/** Navigation entry of the Demo screen. It shows which simulations are on. */
export function DemoPlace() {
  const { route, go } = useNavigation();
  const { data } = useDemo();
  const said = data ? changedSettings(data) : [];
  const label = said.length > 0 ? `Demo. Set now: ${said.join(", ")}` : "Demo";
  return (
    <div className={classes.apart}>
      <Tooltip
        label={label}
        position="right"
        classNames={{ tooltip: frame.tip }}
        multiline
        maw={300}
      >
        <UnstyledButton
          className={`${frame.place} ${classes.place}`}
          aria-current={route.screen === "demo" ? "page" : undefined}
          aria-label={label}
          onClick={() => go({ screen: "demo" })}
          data-testid="nav-demo"
        >
          <IconFlask size={19} stroke={1.7} aria-hidden />
          <span className={frame.label}>Demo</span>
          {said.length > 0 ? (
            // The name says it in words; a figure among them would only be read out in between.
            <span
              className={classes.count}
              data-count={said.length}
              aria-hidden
              data-testid="demo-count"
            />
          ) : null}
        </UnstyledButton>
      </Tooltip>
    </div>
  );
}

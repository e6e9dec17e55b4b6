import { Menu } from "@mantine/core";
import {
  IconBuildingBank,
  IconChartLine,
  IconCopy,
  IconEye,
  IconEyeOff,
  IconGauge,
  IconLifebuoy,
  IconPencil,
} from "@tabler/icons-react";
import type { ReactElement, RefObject } from "react";
import type { Line } from "../../data/accountLines";
import { useFirstUse } from "../../kit/hooks/useFirstUse";
import type { LineActs } from "./AccountLine";

interface Props {
  line: Line;
  title: string;
  acts: LineActs;
  children: (opener: {
    ref: RefObject<HTMLButtonElement | null>;
    onClick?: () => void;
  }) => ReactElement;
}

export function AccountMenu({ line, acts, children }: Props) {
  const { used, opened, setOpened, target, use } = useFirstUse();
  const { row, item } = line;
  if (!used) return children({ ref: target, onClick: use });
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={250}>
      <Menu.Target>{children({ ref: target })}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconChartLine size={16} />}
          onClick={() => acts.open(row.accountId)}
          data-testid="account-menu-history"
        >
          History
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLifebuoy size={16} />}
          onClick={() => acts.open(row.accountId, "support")}
          data-testid="account-menu-support"
        >
          What Plaid answered
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconPencil size={16} />}
          onClick={() => acts.edit(row.accountId, "name")}
          data-testid="account-menu-rename"
        >
          Own name…
        </Menu.Item>
        <Menu.Item
          leftSection={<IconGauge size={16} />}
          onClick={() => acts.edit(row.accountId, "lowBalance")}
          disabled={!row.reading?.currency}
          data-testid="account-menu-low"
        >
          Low-balance mark…
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCopy size={16} />}
          onClick={() => acts.copy(line)}
          data-testid="account-menu-copy"
        >
          Copy row
        </Menu.Item>
        <Menu.Item
          leftSection={row.hidden ? <IconEye size={16} /> : <IconEyeOff size={16} />}
          onClick={() => acts.hide(row.accountId, !row.hidden)}
          data-testid="account-menu-hide"
        >
          {row.hidden ? "Show in the list again" : "Hide (closed account)"}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconBuildingBank size={16} />}
          onClick={() => acts.showItem(item.itemId)}
        >
          Show its Item
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

import { Menu } from "@mantine/core";
import {
  IconDots,
  IconFlask,
  IconHeartbeat,
  IconListCheck,
  IconLogin2,
  IconRotateClockwise2,
  IconSend,
  IconTrash,
  type TablerIcon,
} from "@tabler/icons-react";
import type { ListedItem } from "../../data/accountLines";
import { HeadButton } from "../../kit/components/HeadButton";
import { useFirstUse } from "../../kit/hooks/useFirstUse";
import { useEnvironment } from "../../kit/navigation/environment";

interface Props {
  item: ListedItem;
  /** True while an action on the Item runs. */
  busy: boolean;
  onCheck: () => void;
  onRepair: () => void;
  onChooseAccounts: () => void;
  onInvite: () => void;
  onRotate: () => void;
  onRemove: () => void;
  onResetLogin: () => void;
}

// Shared element, so React skips it when a head is reused for another Item.
const moreIcon = <IconDots size={17} aria-hidden />;

export function ItemMenu({ item, busy, ...acts }: Props) {
  const practice = useEnvironment() !== "production";
  const { used, opened, setOpened, target, use } = useFirstUse();
  const button = (
    <HeadButton
      ref={target}
      icon={moreIcon}
      onClick={used ? undefined : use}
      running={busy}
      aria-haspopup="menu"
      aria-label={`More for ${item.institutionName}, ${item.person.name}`}
      data-testid="item-menu"
    />
  );
  if (!used) return button;
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={280}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Action Icon={IconHeartbeat} onClick={acts.onCheck} name="check">
          Check now
        </Action>
        <Action Icon={IconLogin2} onClick={acts.onRepair} name="repair">
          Sign in again…
        </Action>
        <Action Icon={IconListCheck} onClick={acts.onChooseAccounts} name="accounts">
          Share other accounts…
        </Action>
        <Action Icon={IconSend} onClick={acts.onInvite} name="invite">
          Send to the customer…
        </Action>
        <Menu.Divider />
        <Action Icon={IconRotateClockwise2} onClick={acts.onRotate} name="rotate">
          Rotate access token…
        </Action>
        {practice ? (
          <Action Icon={IconFlask} onClick={acts.onResetLogin} name="reset-login">
            Put into login required (to try it out)
          </Action>
        ) : null}
        <Menu.Divider />
        <Action Icon={IconTrash} onClick={acts.onRemove} name="remove" danger>
          Remove Item…
        </Action>
      </Menu.Dropdown>
    </Menu>
  );
}

interface ActionProps {
  Icon: TablerIcon;
  onClick: () => void;
  name: string;
  danger?: boolean;
  children: string;
}

function Action({ Icon, onClick, name, danger = false, children }: ActionProps) {
  return (
    <Menu.Item
      color={danger ? "var(--desk-bad)" : undefined}
      leftSection={<Icon size={16} />}
      onClick={onClick}
      data-testid={`item-menu-${name}`}
    >
      {children}
    </Menu.Item>
  );
}

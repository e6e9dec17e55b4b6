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
        <Menu.Item
          leftSection={<IconHeartbeat size={16} />}
          onClick={acts.onCheck}
          data-testid="item-menu-check"
        >
          Check now
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogin2 size={16} />}
          onClick={acts.onRepair}
          data-testid="item-menu-repair"
        >
          Sign in again…
        </Menu.Item>
        <Menu.Item
          leftSection={<IconListCheck size={16} />}
          onClick={acts.onChooseAccounts}
          data-testid="item-menu-accounts"
        >
          Share other accounts…
        </Menu.Item>
        <Menu.Item
          leftSection={<IconSend size={16} />}
          onClick={acts.onInvite}
          data-testid="item-menu-invite"
        >
          Send to the customer…
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconRotateClockwise2 size={16} />}
          onClick={acts.onRotate}
          data-testid="item-menu-rotate"
        >
          Rotate access token…
        </Menu.Item>
        {practice ? (
          <Menu.Item
            leftSection={<IconFlask size={16} />}
            onClick={acts.onResetLogin}
            data-testid="item-menu-reset-login"
          >
            Put into login required (to try it out)
          </Menu.Item>
        ) : null}
        <Menu.Divider />
        <Menu.Item
          color="var(--desk-bad)"
          leftSection={<IconTrash size={16} />}
          onClick={acts.onRemove}
          data-testid="item-menu-remove"
        >
          Remove Item…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

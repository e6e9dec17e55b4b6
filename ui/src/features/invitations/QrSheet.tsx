import { Button, Group, Modal, Text, Title } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { QRCodeSVG } from "qrcode.react";
import type { InvitationView, LinkSessionView } from "../../bindings/link";
import { useStandsAbove } from "../../components/dialogsAbove";
import { formatTime } from "../../format";
import { useSettings } from "../settings/useSettings";
import classes from "./QrSheet.module.css";

interface Props {
  session: LinkSessionView;
  invitation: InvitationView;
  url: string;
  opened: boolean;
  onClose: () => void;
}

/** The link as a large QR code, to be shown across a counter or printed. */
export function QrSheet({ session, invitation, url, opened, onClose }: Props) {
  const settings = useSettings();
  useStandsAbove(opened);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="QR code"
      size={460}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <div className={classes.sheet} data-print data-testid="qr-sheet">
        <Title order={3} fz="1rem" ta="center" className="breakable">
          {settings.data?.settings.appName ?? "Balance Desk"}:{" "}
          {session.repairsItemId ? "sign in to your bank again" : "link your bank"}
        </Title>
        {/* Black on white with its quiet zone, whatever the scheme: cameras need the contrast. */}
        <QRCodeSVG
          value={url}
          size={360}
          level="M"
          marginSize={4}
          title={`QR code of the link for ${session.personName}`}
        />
        <Text size="sm" ta="center" className="breakable">
          For {session.personName}. Opens until {formatTime(invitation.expiresAt)}.
        </Text>
      </div>
      <Group justify="center" gap="xs" mt="md">
        <Button
          variant="default"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => window.print()}
          data-testid="qr-print"
        >
          Print
        </Button>
        <Button onClick={onClose}>Close</Button>
      </Group>
    </Modal>
  );
}

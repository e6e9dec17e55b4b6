import { Button, Group, Modal, Text, Title } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { QRCodeSVG } from "qrcode.react";
import { useCallback, useState } from "react";
import type { InvitationView, LinkSessionView } from "../../api/link";
import { useSettings } from "../../data/settings";
import { formatTime } from "../../kit/format";
import { useStandsAbove } from "../../kit/hooks/dialogsAbove";
import { PaperSheet } from "../../kit/print/PaperSheet";
import classes from "./QrSheet.module.css";

interface QrCodeProps {
  session: LinkSessionView;
  invitation: InvitationView;
  url: string;
}

interface Props extends QrCodeProps {
  opened: boolean;
  onClose: () => void;
}

/** The link as a large QR code, to show to a customer or print. */
export function QrSheet({ opened, onClose, ...shown }: Props) {
  const [printing, setPrinting] = useState(false);
  const done = useCallback(() => setPrinting(false), []);
  useStandsAbove(opened);
  return (
    <Modal opened={opened} onClose={onClose} title="QR code" size={460}>
      <div data-testid="qr-sheet">
        <QrCode {...shown} />
      </div>
      <Group justify="center" gap="xs" mt="md">
        <Button
          variant="default"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => setPrinting(true)}
          data-testid="qr-print"
        >
          Print
        </Button>
        <Button onClick={onClose}>Close</Button>
      </Group>
      {printing ? (
        <PaperSheet testId="qr-print-sheet" onDone={done}>
          <QrCode {...shown} />
        </PaperSheet>
      ) : null}
    </Modal>
  );
}

function QrCode({ session, invitation, url }: QrCodeProps) {
  const settings = useSettings();
  return (
    <div className={classes.sheet}>
      <Title order={3} fz="1rem" ta="center" className="breakable">
        {settings.data?.settings.appName ?? "Balance Desk"}:{" "}
        {session.repairsItemId ? "sign in to your bank again" : "link your bank"}
      </Title>
      {/* Black on white with a quiet zone in both color schemes: cameras need the contrast. */}
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
  );
}

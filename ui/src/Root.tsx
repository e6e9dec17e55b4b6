import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { App } from "./App";
import { createQueryClient } from "./hooks/queries";
import { surfaces, theme } from "./theme";

/** The app with all it stands on; tests render this. */
export function Root() {
  const [client] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={surfaces} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" autoClose={4000} limit={3} />
        <App />
      </QueryClientProvider>
    </MantineProvider>
  );
}

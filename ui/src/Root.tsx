import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { App } from "./App";
import { Boundary } from "./components/Boundary";
import { createQueryClient } from "./hooks/queries";
import { surfaces, theme } from "./theme";

/** The app with all it stands on. */
export function Root() {
  const [client] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={surfaces} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Notifications position="bottom-right" autoClose={4000} limit={3} />
        <Boundary what="The window">
          <App />
        </Boundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}

import { Suspense } from 'react';
import { Notice } from './Notice.tsx';
import { part } from './part.ts';
import type { Route } from './route.ts';
import { BoardScreen } from './screens/BoardScreen.tsx';
import type { ScreenProps } from './screens/props.ts';

// Everything but the first screen comes when it is asked for.
const IncidentsScreen = part(async () => (await import('./screens/IncidentsScreen.tsx')).IncidentsScreen);
const IncidentScreen = part(async () => (await import('./screens/IncidentScreen.tsx')).IncidentScreen);
const AlertsScreen = part(async () => (await import('./screens/AlertsScreen.tsx')).AlertsScreen);
const RuleScreen = part(async () => (await import('./screens/AlertsScreen.tsx')).RuleScreen);
const TasksScreen = part(async () => (await import('./screens/TasksScreen.tsx')).TasksScreen);
const TaskScreen = part(async () => (await import('./screens/TaskScreen.tsx')).TaskScreen);
const WaitingScreen = part(async () => (await import('./screens/WaitingScreen.tsx')).WaitingScreen);
const SamplesScreen = part(async () => (await import('./screens/SamplesScreen.tsx')).SamplesScreen);
const AgentsScreen = part(async () => (await import('./screens/AgentsScreen.tsx')).AgentsScreen);
const AgentScreen = part(async () => (await import('./screens/AgentScreen.tsx')).AgentScreen);
const LibraryScreen = part(async () => (await import('./screens/LibraryScreen.tsx')).LibraryScreen);
const RunbookScreen = part(async () => (await import('./screens/RunbookScreen.tsx')).RunbookScreen);
const EditScreen = part(async () => (await import('./screens/EditScreen.tsx')).EditScreen, { large: true });
const RunScreen = part(async () => (await import('./screens/RunScreen.tsx')).RunScreen);
const ReportsScreen = part(async () => (await import('./screens/ReportsScreen.tsx')).ReportsScreen);
const ReportScreen = part(async () => (await import('./screens/ReportScreen.tsx')).ReportScreen);
const AuditScreen = part(async () => (await import('./screens/AuditScreen.tsx')).AuditScreen);
const ProvidersScreen = part(async () => (await import('./screens/ProvidersScreen.tsx')).ProvidersScreen);
const SettingsScreen = part(async () => (await import('./screens/SettingsScreen.tsx')).SettingsScreen);

/** The view of a route, joined to the desk. */
export function Screen({ route, ...props }: ScreenProps & { route: Route }) {
  return <Suspense fallback={<Notice title="" text="reading…" />}>{screenOf(route, props)}</Suspense>;
}

function screenOf(route: Route, props: ScreenProps) {
  switch (route.view) {
    case 'board':
      return <BoardScreen window={route.window} {...props} />;
    case 'incidents':
      return <IncidentsScreen opening={route.opening === true} {...props} />;
    case 'incident':
      return <IncidentScreen id={route.id} asked={route.asked ?? null} {...props} />;
    case 'alerts':
      return <AlertsScreen silencing={route.silencing === true} {...props} />;
    case 'rule':
      return <RuleScreen name={route.name} {...props} />;
    case 'tasks':
      return <TasksScreen filter={route.filter} {...props} />;
    case 'task':
      return <TaskScreen id={route.id} {...props} />;
    case 'waiting':
      return <WaitingScreen item={route.item} part={route.part} {...props} />;
    case 'samples':
      return <SamplesScreen item={route.item} {...props} />;
    case 'agents':
      return <AgentsScreen {...props} />;
    case 'agent':
      return <AgentScreen name={route.name} {...props} />;
    case 'runbooks':
      return <LibraryScreen {...props} />;
    case 'runbook':
      return <RunbookScreen name={route.name} {...props} />;
    case 'edit':
      return <EditScreen name={route.name} from={route.from} />;
    case 'run':
      return <RunScreen id={route.id} {...props} />;
    case 'reports':
      return <ReportsScreen {...props} />;
    case 'report':
      return <ReportScreen id={route.id} {...props} />;
    case 'audit':
      return <AuditScreen {...props} />;
    case 'providers':
      return <ProvidersScreen {...props} />;
    case 'settings':
      return <SettingsScreen {...props} />;
    case 'nowhere':
      return (
        <Notice
          title="There is no such page"
          text={`Nothing has the address ${route.path}. The views stand at the left; Ctrl K finds everything.`}
        />
      );
  }
}

/** What is checked of a machine, why, and what helps: the pages explain the agent's rows by it, by their names. */
export type CheckGuide = {
  /** As the agent names the row. */
  readonly name: string;
  readonly group: 'Containers' | 'GPUs' | 'Machine' | 'Network';
  /** What the agent does to find out. */
  readonly how: string;
  /** What goes wrong for renters without it. */
  readonly why: string;
  /** Commands for the host's own terminal, each with what it is for. */
  readonly commands: readonly { readonly says: string; readonly run: string }[];
};

export const SELF_TEST_GUIDE: readonly CheckGuide[] = [
  {
    name: 'container runtime',
    group: 'Containers',
    how: 'Asks Docker Engine for its version, its storage driver and its control groups.',
    why: 'Every rental is a container. Without Docker nothing can run; with cgroup v1 limits on memory and processes are weaker.',
    commands: [
      { says: 'Install Docker Engine', run: 'curl -fsSL https://get.docker.com | sudo sh' },
      { says: 'See whether it runs', run: 'systemctl status docker' },
    ],
  },
  {
    name: 'ssh tools',
    group: 'Containers',
    how: 'Looks for the ssh server that the market sends to every agent.',
    why: 'It is the shell of every rental, whatever its image.',
    commands: [{ says: 'Restart the agent, which brings them anew', run: 'sudo systemctl restart sublet-agent' }],
  },
  {
    name: 'container starts',
    group: 'Containers',
    how: 'Starts a small container as a rental would, waits for its ssh server to answer, and removes it.',
    why: 'What fails here fails for the first renter.',
    commands: [
      { says: 'Read what Docker says', run: 'journalctl -u docker -n 50 --no-pager' },
      { says: 'Restart both', run: 'sudo systemctl restart docker sublet-agent' },
    ],
  },
  {
    name: 'gateway reachable',
    group: 'Network',
    how: 'Opens a TCP connection to each gateway of the market, and says how long the nearest takes.',
    why: 'Renters reach their containers through a gateway. The machine dials out: no port has to be opened inwards.',
    commands: [{ says: 'See what your firewall keeps from going out', run: 'sudo nft list ruleset | grep -i drop' }],
  },
  {
    name: 'GPUs',
    group: 'GPUs',
    how: 'Reads "nvidia-smi -q -x", and asks Docker whether it has the NVIDIA runtime. GPUs of different models are marked, and MIG must be off.',
    why: 'GPUs are rented whole, by their UUID, and handed to the container by the NVIDIA Container Toolkit.',
    commands: [
      { says: 'See the GPUs', run: 'nvidia-smi' },
      {
        says: 'Let Docker hand them over',
        run: 'sudo nvidia-ctk runtime configure --runtime=docker && sudo systemctl restart docker',
      },
      { says: 'Turn MIG off', run: 'sudo nvidia-smi -mig 0' },
    ],
  },
  {
    name: 'GPU driver',
    group: 'GPUs',
    how: 'Reads the version of the driver and of CUDA. Below 418 the container toolkit does not work; below 525 images made for CUDA 12 do not start.',
    why: 'Most images of today are made for CUDA 12.',
    commands: [
      { says: 'Ubuntu', run: 'sudo ubuntu-drivers install' },
      { says: 'Debian', run: 'sudo apt install nvidia-driver' },
    ],
  },
  {
    name: 'GPU memory',
    group: 'GPUs',
    how: 'Reads the memory of each GPU.',
    why: 'Below 8 GiB only small models fit. It is no fault: the price should say it.',
    commands: [],
  },
  {
    name: 'PCIe link',
    group: 'GPUs',
    how: 'Reads the greatest generation and the present width of the slowest link.',
    why: 'A GPU behind a narrow riser loads a model of 40 GB in minutes instead of seconds.',
    commands: [
      {
        says: 'See the links',
        run: 'nvidia-smi --query-gpu=index,pcie.link.gen.max,pcie.link.width.current --format=csv',
      },
    ],
  },
  {
    name: 'GPU health',
    group: 'GPUs',
    how: 'Reads memory errors that could not be corrected, retired pages and remapped rows over the whole life of each GPU, and its temperature.',
    why: 'A failing GPU loses renters their work, and you the reliability of the machine.',
    commands: [{ says: 'See the counters', run: 'nvidia-smi -q -d ECC,PAGE_RETIREMENT,ROW_REMAPPER,TEMPERATURE' }],
  },
  {
    name: 'disk',
    group: 'Machine',
    how: 'Reads what is free where the agent keeps images and rentals.',
    why: 'Images of 20 GiB are common, and a renter books disk beside them.',
    commands: [
      { says: 'See what fills it', run: 'docker system df' },
      { says: 'Remove images that nothing uses', run: 'docker image prune -a' },
    ],
  },
  {
    name: 'disk speed',
    group: 'Machine',
    how: 'Writes up to 64 MiB so that they survive a power cut, once a day.',
    why: 'An image is unpacked there before the renter can connect.',
    commands: [{ says: 'See what kind of disk it is', run: 'lsblk -d -o NAME,ROTA,SIZE,MODEL' }],
  },
  {
    name: 'memory',
    group: 'Machine',
    how: 'Reads the memory of the machine.',
    why: 'Loading a model needs about as much as the model is large.',
    commands: [],
  },
  {
    name: 'network',
    group: 'Network',
    how: 'Downloads at most 16 MiB from the market in at most three seconds, once a day: a lower bound.',
    why: 'Renters wait for their image, and bring their data over this line.',
    commands: [],
  },
  {
    name: 'clock',
    group: 'Machine',
    how: 'Compares the clock with the market’s at the last answer.',
    why: 'Times of logs and statements are read by both sides. Billing does not depend on it.',
    commands: [{ says: 'Set it by NTP', run: 'sudo timedatectl set-ntp true' }],
  },
  {
    name: 'own folder',
    group: 'Machine',
    how: 'Looks whether the agent may write where it keeps its identity, its journal and rentals. Renters do not see the path.',
    why: 'What cannot be written down cannot be billed.',
    commands: [{ says: 'See whether the disk is mounted read-only', run: 'findmnt -O ro -t ext4,xfs,btrfs' }],
  },
];

/** The name of the section that explains a check, within the page of the guide. */
export function checkSection(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** Where a check is explained; null for one that this market does not know. */
export function checkHref(name: string): string | null {
  return SELF_TEST_GUIDE.some((guide) => guide.name === name) ? `/self-test#${checkSection(name)}` : null;
}

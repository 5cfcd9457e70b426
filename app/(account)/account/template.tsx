import { SoftLoading } from '#components/shell/soft-loading.tsx';

export default SoftLoading;

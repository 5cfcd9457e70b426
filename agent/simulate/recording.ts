/**
 * What a machine without a GPU pretends to have, where it is asked to pretend: a GeForce RTX 3090, shortened from
 * ../fixtures/nvidia-smi/rtx-3090-v12.xml (influxdata/telegraf, MIT). Kept as text so that the agent stays one file.
 */
export const BUILT_IN_RECORDING = `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
  <timestamp>Sun Apr  7 11:15:18 2024</timestamp>
  <driver_version>525.147.05</driver_version>
  <cuda_version>12.0</cuda_version>
  <attached_gpus>1</attached_gpus>
  <gpu id="00000000:00:10.0">
    <product_name>NVIDIA GeForce RTX 3090</product_name>
    <product_brand>GeForce</product_brand>
    <mig_mode><current_mig>N/A</current_mig><pending_mig>N/A</pending_mig></mig_mode>
    <uuid>GPU-12345678-aaaa-bbbb-cccc-0123456789ab</uuid>
    <pci>
      <pci_gpu_link_info>
        <pcie_gen><max_link_gen>4</max_link_gen><current_link_gen>1</current_link_gen></pcie_gen>
        <link_widths><max_link_width>16x</max_link_width><current_link_width>16x</current_link_width></link_widths>
      </pci_gpu_link_info>
    </pci>
    <fb_memory_usage><total>24576 MiB</total><used>0 MiB</used><free>24257 MiB</free></fb_memory_usage>
    <utilization><gpu_util>0 %</gpu_util><memory_util>0 %</memory_util></utilization>
    <ecc_mode><current_ecc>N/A</current_ecc><pending_ecc>N/A</pending_ecc></ecc_mode>
    <temperature><gpu_temp>37 C</gpu_temp></temperature>
    <power_readings><power_limit>200.00 W</power_limit><enforced_power_limit>200.00 W</enforced_power_limit></power_readings>
  </gpu>
</nvidia_smi_log>
`;

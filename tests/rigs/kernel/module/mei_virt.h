/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mei_virt record format, shared by the kernel module and the simulator (link.ts).
 *
 * /dev/mei_fw carries records.  One read() returns one record, one write() delivers one record.
 *
 * Data record (both directions):
 *     le32  MEI header: me_addr:8 host_addr:8 length:9 rsvd:3 ext:1 dma:1 internal:1 complete:1
 *     u8    payload[length]
 *
 * Control record: a header of 0 is never a valid MEI header, so it marks an out-of-band event,
 * i.e. what on silicon is a CSR bit and not a message.
 *     le32  0
 *     le16  code
 *     le16  length of the payload in bytes
 *     u8    payload[length]
 */
#ifndef MEI_VIRT_H
#define MEI_VIRT_H

#define MV_HDR_LEN(h)		(((h) >> 16) & 0x1ff)
#define MV_CTL_HDR_SIZE		8
#define MV_REC_MAX		(8 + 512)	/* largest record of either kind */

/* host -> firmware */
#define MV_CTL_RESET		0x0001	/* H_RST: {le32 seq}. Forget everything, answer READY{seq} */
/* firmware -> host */
#define MV_CTL_READY		0x0081	/* ME_RDY: {le32 seq of the RESET being answered} */
#define MV_CTL_FW_RESET		0x0082	/* firmware went down by itself: {} */
#define MV_CTL_FW_STATUS	0x0083	/* firmware status registers: {le32 x 1..6} */

#endif

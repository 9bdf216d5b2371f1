/** The field of a multipart or JSON body for files. */
export const UPLOAD_FIELD = 'attachment'

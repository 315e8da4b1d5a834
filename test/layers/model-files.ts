/** Models of tfjs as files would hold them. */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** What a model is saved as, through text as a file would be. */
export async function save(model: tfl.LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts!.modelTopology)) as object };
}

/** The model of it; its layers are registered before. */
export const load = async <M extends tfl.LayersModel>(artifacts: tf.io.ModelArtifacts): Promise<M> =>
  (await tfl.loadLayersModel(tf.io.fromMemory(artifacts))) as M;

export const saveAndLoad = async <M extends tfl.LayersModel>(model: tfl.LayersModel): Promise<M> =>
  load(await save(model));
